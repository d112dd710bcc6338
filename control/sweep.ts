import { isServiceDue } from '#core/service/is-service-due.ts';
import type { WorkItem } from '#events/work-item.ts';
import type { Dependencies } from './dependencies.ts';
import { declareLost, isLeaseOver, isLost } from './instances/declare-lost.ts';
import { deregisterInstance } from './instances/deregister-instance.ts';
import { isLossBraked, suspect } from './instances/loss-brake.ts';
import {
  clustersPartition,
  instancePartitions,
  leasesPrefix,
  servicePartition,
  servicesPartition,
  slotsPrefix,
  unplacedPartition,
} from './keys.ts';
import {
  clusters,
  type InstanceId,
  leases,
  read,
  readAll,
  reservations,
  serviceEntries,
  serviceStates,
  services,
  slotChunks,
} from './records.ts';
import { removeUnusedDefinitions } from './task-definitions/remove-unused.ts';

/**
 * The level-triggered guarantee behind every event: finds leases that ended, services that are not as they should be,
 * tasks that wait and machines to look after, and asks for the work. A quiet, converged cluster costs reads only.
 */
export async function sweep(deps: Dependencies): Promise<void> {
  for (const { value: cluster } of await readAll(deps.store, clusters, { pk: clustersPartition })) {
    if (cluster.status !== 'ACTIVE') continue;
    await sweepLeases(deps, cluster.name);
    const work = [
      ...(await dueServices(deps, cluster.name)),
      ...(await waitingTasks(deps, cluster.name)),
      ...(deps.capacity.policy(cluster.name) ? [{ kind: 'capacity', cluster: cluster.name } as const] : []),
    ];
    if (work.length > 0) await deps.queue.send(work.map((item) => ({ work: item })));
  }
  await removeUnusedDefinitions(deps);
}

async function sweepLeases(deps: Dependencies, cluster: string): Promise<void> {
  const silent: InstanceId[] = [];
  for (const pk of instancePartitions(cluster)) {
    for (const { value: lease } of await readAll(deps.store, leases, { pk, prefix: leasesPrefix })) {
      if (!isLeaseOver(lease, deps.clock.now(), deps.timings.serverMargin)) continue;
      const id = { cluster, instanceId: lease.instanceId };
      const reservation = await read(deps.store, reservations, id);
      if (reservation && !isLost(reservation.value)) silent.push(id);
      // Its agent will not come back to say that it has stopped everything.
      else if (reservation?.value.status === 'DEREGISTERING') await deregisterInstance(deps, cluster, id.instanceId);
    }
  }
  if (silent.length === 0) return;
  if (await isLossBraked(deps, cluster)) return suspect(deps, silent);
  for (const id of silent) await declareLost(deps, id);
}

async function dueServices(deps: Dependencies, cluster: string): Promise<readonly WorkItem[]> {
  const entries = await readAll(deps.store, serviceEntries, { pk: servicesPartition(cluster) });
  const due = await Promise.all(
    entries.map(async ({ value: { name } }) => ((await isDue(deps, cluster, name)) ? [name] : [])),
  );
  return due.flat().map((service) => ({ kind: 'service', cluster, service }));
}

async function isDue(deps: Dependencies, cluster: string, name: string): Promise<boolean> {
  const id = { cluster, service: name };
  const [service, state, chunks] = await Promise.all([
    read(deps.store, services, id),
    read(deps.store, serviceStates, id),
    readAll(deps.store, slotChunks, { pk: servicePartition(cluster, name), prefix: slotsPrefix }),
  ]);
  return (
    service !== undefined &&
    isServiceDue(
      service.value,
      state?.value,
      chunks.map(({ value }) => value),
      deps.clock.now(),
    )
  );
}

async function waitingTasks(deps: Dependencies, cluster: string): Promise<readonly WorkItem[]> {
  const waiting = await deps.store.queryIndex({ pk: unplacedPartition(cluster), limit: 1 });
  return waiting.items.length > 0 ? [{ kind: 'placement', cluster }] : [];
}
