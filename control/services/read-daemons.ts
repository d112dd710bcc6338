import type { Daemon } from '#core/placement/daemon.ts';
import type { Dependencies } from '../dependencies.ts';
import { daemonsPartition } from '../keys.ts';
import { daemonEntries, readAll, readMany, services } from '../records.ts';
import { daemonOf } from './daemon-of.ts';

/** The daemon services of a cluster that run now. A cluster without any costs one small read. */
export async function readDaemons(deps: Pick<Dependencies, 'store'>, cluster: string): Promise<readonly Daemon[]> {
  const entries = await readAll(deps.store, daemonEntries, { pk: daemonsPartition(cluster) });
  if (entries.length === 0) return [];
  const found = await readMany(
    deps.store,
    services,
    entries.map(({ value }) => ({ cluster, service: value.name })),
  );
  const running = found.flatMap((service) =>
    service?.value.scheduler === 'daemons' && service.value.status === 'ACTIVE' ? [service.value] : [],
  );
  return Promise.all(running.map((service) => daemonOf(deps, service)));
}
