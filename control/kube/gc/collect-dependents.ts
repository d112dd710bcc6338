import { judgeDependent } from '#core/kube/gc/judge-dependent.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import { ownedPartition, ownerPrefix } from '../../keys.ts';
import { readAll, readMany, type Versioned } from '../../records.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { commitInParts } from '../commit-in-parts.ts';
import type { Commit } from '../commit-objects.ts';
import { planDeletion } from '../delete-object.ts';
import { type ObjectId, objects } from '../records.ts';
import { type OwnedEntry, ownedEntries } from './owned-entries.ts';
import { readOwners } from './owner-standing.ts';

export interface Dependent {
  readonly id: ObjectId;
  readonly found: Versioned<KubeObject>;
}

/** The objects that name this owner, as they stand. */
export async function readDependents(
  deps: Dependencies,
  cluster: string,
  owner: string,
): Promise<readonly Dependent[]> {
  const entries = await readEntries(deps, cluster, owner);
  const found = await readMany(
    deps.store,
    objects,
    entries.map(({ dependent }) => dependent),
  );
  return entries.flatMap(({ dependent: id }, index) => {
    const object = found[index];
    return object ? [{ id, found: object }] : [];
  });
}

async function readEntries(deps: Dependencies, cluster: string, owner: string): Promise<readonly OwnedEntry[]> {
  const query = { pk: ownedPartition(cluster), prefix: ownerPrefix(owner) };
  return (await readAll(deps.store, ownedEntries, query)).map(({ value }) => value);
}

/**
 * Brings dependents to what their owners' standing asks for: those nobody owns any more are deleted, others forget the
 * owners that are gone. Nothing is written for those that may stay. Faults: Contended when others win too often.
 */
export async function collectDependents(deps: Dependencies, read: () => Promise<readonly Dependent[]>): Promise<void> {
  await untilCommitted('garbage collection', async () => {
    const dependents = (await read()).filter(({ found }) => found.value.metadata.ownerReferences?.length);
    if (dependents.length === 0) return undefined;
    const commits = await planCollection(deps, dependents);
    return (await commitInParts(deps, commits)) ? undefined : CONFLICT;
  });
}

async function planCollection(deps: Dependencies, dependents: readonly Dependent[]): Promise<readonly Commit[]> {
  const standingOf = await readOwners(
    deps,
    dependents.flatMap(({ id, found }) =>
      (found.value.metadata.ownerReferences ?? []).map((owner) => ({ owner, dependent: id })),
    ),
  );
  const commits: Commit[] = [];
  for (const { id, found } of dependents) {
    const { ownerReferences = [], uid } = found.value.metadata;
    const verdict = judgeDependent(ownerReferences, (owner) => standingOf({ owner, dependent: id }));
    if (verdict.kind === 'keep') continue;
    if (verdict.kind === 'forget') {
      commits.push(owning(id, found, verdict.owners));
      continue;
    }
    const isOwner = verdict.isFirst && (await readEntries(deps, id.cluster, uid)).length > 0;
    const manner = isOwner ? { propagation: 'Foreground' as const } : {};
    const commit = planDeletion(resourceNamed(id.resource), id, found, deps.clock.now(), manner);
    if (commit) commits.push(commit);
  }
  return commits;
}

/** The object with other owners, or none. */
export function owning(
  id: ObjectId,
  before: Versioned<KubeObject>,
  owners: KubeObject['metadata']['ownerReferences'] & object,
): Commit {
  const { ownerReferences: _old, ...metadata } = before.value.metadata;
  const after = { ...before.value, metadata: { ...metadata, ...(owners.length > 0 && { ownerReferences: owners }) } };
  return { kind: 'update', id, before, after };
}
