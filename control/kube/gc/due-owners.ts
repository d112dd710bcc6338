import type { Dependencies } from '../../dependencies.ts';
import { ownedPartition } from '../../keys.ts';
import { readAll } from '../../records.ts';
import { type ObjectWork, objectWork } from '../object-work.ts';
import { ownedEntries } from './owned-entries.ts';
import { ownerId, readOwners } from './owner-standing.ts';

/**
 * Owners that something names and that are not there, or that wait for what they own: found in case an event was lost. It
 * costs a read of the directory, and of each owner once.
 */
export async function dueOwners(deps: Dependencies, cluster: string): Promise<readonly ObjectWork[]> {
  const entries = await readAll(deps.store, ownedEntries, { pk: ownedPartition(cluster) });
  const ownerships = [
    ...new Map(
      entries.map(({ value }) => [JSON.stringify([value.owner.uid, value.dependent.namespace]), value]),
    ).values(),
  ];
  const standingOf = await readOwners(deps, ownerships);
  return ownerships.flatMap((ownership) => {
    const id = ownerId(ownership);
    if (!id) return [];
    const standing = standingOf(ownership);
    if (standing === 'solid') return [];
    return [standing === 'waiting' ? objectWork(id) : { ...objectWork(id), gone: ownership.owner.uid }];
  });
}
