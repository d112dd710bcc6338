import type { Dependencies } from '../dependencies.ts';
import { logPosition, objectChangesPrefix, objectLogPartition } from '../keys.ts';
import { asRecord } from '../records.ts';
import { readPosition } from './read-objects.ts';
import { type CollectionId, type ObjectChange, objectChanges } from './records.ts';

export type ChangeReading =
  | { readonly kind: 'changes'; readonly changes: readonly ObjectChange[] }
  /** Entries behind the position asked for are gone, or it lies in the future: the reader must list again. */
  | { readonly kind: 'expired' };

const PAGE = 500;

/** What happened to a collection behind a position, oldest first; a page of it. A quiet collection costs one small read. */
export async function readChanges(deps: Dependencies, id: CollectionId, behind: number): Promise<ChangeReading> {
  const position = await readPosition(deps, id);
  if (position === behind) return { kind: 'changes', changes: [] };
  if (position < behind) return { kind: 'expired' };
  const { items } = await deps.store.query({
    pk: objectLogPartition(id.cluster, id.resource),
    prefix: objectChangesPrefix,
    after: `${objectChangesPrefix}${logPosition(behind)}`,
    limit: PAGE,
  });
  const entries = items.map((item) => asRecord(objectChanges, item).value);
  // The table removes expired entries in no order of its own, and positions have no gap: what is read ends at the first hole.
  const hole = entries.findIndex((entry, index) => entry.position !== behind + 1 + index);
  const changes = hole === -1 ? entries : entries.slice(0, hole);
  return changes.length > 0 ? { kind: 'changes', changes } : { kind: 'expired' };
}
