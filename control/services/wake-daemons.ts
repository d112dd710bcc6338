import type { Reservation } from '#core/model/container-instance.ts';
import type { Dependencies } from '../dependencies.ts';
import { daemonsPartition } from '../keys.ts';
import { daemonEntries, readAll } from '../records.ts';
import { serviceOfGroup } from './service-task.ts';

type Waker = Pick<Dependencies, 'store' | 'queue'>;

/** A machine came, went or changed: each daemon of the cluster looks again. A lost message costs time only, the sweep asks, too. */
export async function wakeDaemons(deps: Waker, cluster: string): Promise<void> {
  const entries = await readAll(deps.store, daemonEntries, { pk: daemonsPartition(cluster) });
  await wake(
    deps,
    cluster,
    entries.map(({ value }) => value.name),
  );
}

/** A task left a draining machine: it may have been the last that its daemons had to wait for. */
export async function wakeLastToLeave(deps: Waker, { cluster, status, tasks }: Reservation): Promise<void> {
  if (status !== 'DRAINING') return;
  await wake(
    deps,
    cluster,
    tasks.flatMap(({ daemon, group }) => (daemon ? [serviceOfGroup(group)] : [])),
  );
}

async function wake({ queue }: Waker, cluster: string, services: readonly string[]): Promise<void> {
  if (services.length === 0) return;
  await queue.send(services.map((service) => ({ work: { kind: 'service', cluster, service } })));
}
