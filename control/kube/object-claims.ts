import type { FieldCause } from '#core/fault.ts';
import type { Claim } from '#core/kube/kinds/kind-rules.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { put, readMany, remove } from '../records.ts';
import type { Commit } from './commit-objects.ts';
import { type CollectionId, objectClaims } from './records.ts';

/**
 * The writes by which a change takes and gives up what only one object may have. Invariant: a claim is written once and
 * removed by the object that has it, in the transaction that changes that object, so its version is always the first.
 */
export function claimWrites(commit: Commit): readonly Write[] {
  const { id } = commit;
  const claimsOf = resourceNamed(id.resource).rules.claims;
  if (!claimsOf) return [];
  const before = commit.kind === 'create' ? [] : claimsOf(commit.before.value).map(({ name }) => name);
  const after = commit.kind === 'delete' ? [] : claimsOf(commit.after).map(({ name }) => name);
  const idOf = (claim: string) => ({ cluster: id.cluster, resource: id.resource, claim });
  return [
    ...after
      .filter((name) => !before.includes(name))
      .map((name) => put(objectClaims, idOf(name), { uid: uidOf(commit) }, 'absent')),
    ...before.filter((name) => !after.includes(name)).map((name) => remove(objectClaims, idOf(name), 1)),
  ];
}

const uidOf = (commit: Commit): string => objectOf(commit).metadata.uid;
const objectOf = (commit: Commit): KubeObject => (commit.kind === 'delete' ? commit.before.value : commit.after);

/** The first of an object's claims that another object has. */
export async function takenClaim(
  deps: Dependencies,
  { cluster, resource }: CollectionId,
  claims: readonly Claim[],
): Promise<Claim | undefined> {
  if (claims.length === 0) return undefined;
  const ids = claims.map(({ name }) => ({ cluster, resource, claim: name }));
  const held = await readMany(deps.store, objectClaims, ids);
  return claims.find((_, index) => held[index] !== undefined);
}

export const claimCause = ({ name, field, what }: Claim): FieldCause => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: "${name}": failed to allocate ${what}: provided ${what} is already allocated`,
});
