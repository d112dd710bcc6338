import type { KubeObject, OwnerReference } from '#core/kube/object.ts';
import * as keys from '../../keys.ts';
import type { Write } from '../../ports.ts';
import { put, record, remove } from '../../records.ts';
import type { ObjectId } from '../records.ts';

/** One object that names an owner, as the owner's directory has it. */
export interface OwnedEntry {
  readonly owner: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>;
  readonly dependent: ObjectId;
}

/**
 * The directory of who owns what.
 * Invariant: an object's entries are written in the transactions that change its owner references, so the directory is
 * never behind: what it does not list is not owned.
 */
export const ownedEntries = record<{ readonly owner: string; readonly dependent: ObjectId }, OwnedEntry>(
  'kube-owned',
  ({ owner, dependent: { cluster, resource, namespace, name } }) =>
    keys.ownedKey(cluster, owner, resource, namespace, name),
);

/** An entry is never changed, so it has the version it was made with. */
const ENTRY_VERSION = 1;

/** How the directory follows a change of an object from `before` to `after`; empty when its owners stay the same. */
export function ownedWrites(
  dependent: ObjectId,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): readonly Write[] {
  const old = ownersOf(before);
  const owners = ownersOf(after);
  const gone = [...old.keys()].filter((uid) => !owners.has(uid));
  const added = [...owners.values()].filter(({ uid }) => !old.has(uid));
  return [
    ...gone.map((owner) => remove(ownedEntries, { owner, dependent }, ENTRY_VERSION)),
    ...added.map(({ apiVersion, kind, name, uid }) =>
      put(ownedEntries, { owner: uid, dependent }, { owner: { apiVersion, kind, name, uid }, dependent }, 'absent'),
    ),
  ];
}

const ownersOf = (object: KubeObject | undefined): ReadonlyMap<string, OwnerReference> =>
  new Map((object?.metadata.ownerReferences ?? []).map((reference) => [reference.uid, reference]));
