import type { Reservation } from '#core/model/container-instance.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { daemonHosts } from '#core/service/daemon-hosts.ts';
import type { ServiceSnapshot } from '#core/service/service-snapshot.ts';
import type { Dependencies } from '../dependencies.ts';
import { instancePartitions, reservationsPrefix } from '../keys.ts';
import { readAll, reservations } from '../records.ts';
import { daemonOf } from './daemon-of.ts';

/**
 * The machines of a daemon service; nothing is read for any other.
 * Invariant: read after the slots, and never from a memory: an instance that the slots know and an older view of the
 * fleet does not would lose its task.
 */
export async function readHosts(
  deps: Pick<Dependencies, 'store'>,
  service: AnyService,
): Promise<Pick<ServiceSnapshot, 'hosts'>> {
  if (service.scheduler !== 'daemons') return {};
  if (service.status !== 'ACTIVE') return { hosts: [] };
  const daemon = await daemonOf(deps, service);
  return { hosts: daemonHosts(daemon, await readFleet(deps, service.cluster)) };
}

async function readFleet({ store }: Pick<Dependencies, 'store'>, cluster: string): Promise<readonly Reservation[]> {
  const pages = instancePartitions(cluster).map((pk) =>
    readAll(store, reservations, { pk, prefix: reservationsPrefix }),
  );
  return (await Promise.all(pages)).flat().map(({ value }) => value);
}
