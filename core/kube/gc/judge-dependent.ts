import type { OwnerReference } from '../object.ts';

/** How an owner stands that an object names. */
export type OwnerStanding =
  /** It is there, or nobody here can tell. */
  | 'solid'
  /** It is being deleted and waits until this object is gone. */
  | 'waiting'
  | 'gone';

export type Verdict =
  | { readonly kind: 'keep' }
  /** Some owners are gone and others are not: it knows only those from now on. */
  | { readonly kind: 'forget'; readonly owners: readonly OwnerReference[] }
  /** Nobody owns it any more; `isFirst`: its owner waits for it, so what it owns goes before it. */
  | { readonly kind: 'delete'; readonly isFirst: boolean };

/** What becomes of an object with these owners (Kubernetes: garbage collection of dependents). */
export function judgeDependent(
  owners: readonly OwnerReference[],
  standingOf: (owner: OwnerReference) => OwnerStanding,
): Verdict {
  const standings = owners.map((owner) => ({ owner, standing: standingOf(owner) }));
  const solid = standings.filter(({ standing }) => standing === 'solid').map(({ owner }) => owner);
  if (owners.length === 0 || solid.length === owners.length) return { kind: 'keep' };
  if (solid.length > 0) return { kind: 'forget', owners: solid };
  return { kind: 'delete', isFirst: standings.some(({ standing }) => standing === 'waiting') };
}

/** Whether this owner must stay until the object that names it is gone. */
export const blocks = (owners: readonly OwnerReference[] | undefined, owner: string): boolean =>
  (owners ?? []).some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion === true);
