import type { Dependencies } from '../dependencies.ts';
import { instancePartitions, leaseKey, leasesPrefix } from '../keys.ts';
import { asRecord, type InstanceId, leases, read, reservations } from '../records.ts';
import { declareLost, isLeaseOver, isLost } from './declare-lost.ts';
import { isLossBraked } from './loss-brake.ts';

/** Most often the first lease read is alive and ends the walk. */
const PAGE = 4;

/**
 * Failure detection that costs one small read however many instances there are: whoever renews its lease looks at the
 * next lease in the ring of ids, and past those that are over, up to the first that is alive. So an instance that dies
 * is found within a renewal of its predecessor; the sweep, which may run once a minute only, finds what is left.
 */
export async function watchNeighbours(deps: Dependencies, { cluster, instanceId }: InstanceId): Promise<void> {
  const own = leaseKey(cluster, instanceId);
  const partitions = instancePartitions(cluster);
  const first = partitions.indexOf(own.pk);
  // The ring ends where it began: the partition's first instances come last, and this one's own lease is alive.
  const rest = [...partitions.slice(first + 1), ...partitions.slice(0, first), own.pk];
  if (await watchPartition(deps, cluster, own.pk, own.sk)) return;
  for (const pk of rest) if (await watchPartition(deps, cluster, pk)) return;
}

/** True once a live neighbour was met, from where on the watch is its own, or while nobody may be declared lost. */
async function watchPartition(deps: Dependencies, cluster: string, pk: string, start?: string): Promise<boolean> {
  let after = start;
  do {
    const query = { pk, prefix: leasesPrefix, limit: PAGE };
    const page = await deps.store.query(after === undefined ? query : { ...query, after });
    for (const item of page.items) {
      const { value: lease } = asRecord(leases, item);
      if (!isLeaseOver(lease, deps.clock.now(), deps.timings.serverMargin)) return true;
      const id = { cluster, instanceId: lease.instanceId };
      const reservation = await read(deps.store, reservations, id);
      // One that was lost before keeps its lease; looking at it again must stay as cheap as this.
      if (!reservation || isLost(reservation.value)) continue;
      if (await isLossBraked(deps, cluster)) return true;
      await declareLost(deps, id);
    }
    after = page.next;
  } while (after !== undefined);
  return false;
}
