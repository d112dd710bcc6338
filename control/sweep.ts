import type { Cluster } from '#core/model/cluster.ts';
import { isBalanceDue } from '#core/service/is-balance-due.ts';
import { isServiceDue } from '#core/service/is-service-due.ts';
import type { WorkItem } from '#events/work-item.ts';
import type { Dependencies } from './dependencies.ts';
import { dueEks } from './eks/eks-work.ts';
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
import { dueObjects } from './kube/due-objects.ts';
import { expireEvents } from './kube/events/expire-events.ts';
import { dueMirrors } from './kube/mirror/mirror-work.ts';
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
import { isDaemonDue } from './services/is-daemon-due.ts';
import { removeUnusedDefinitions } from './task-definitions/remove-unused.ts';

/**
 * The level-triggered guarantee behind every event: finds leases that ended, services that are not as they should be,
 * tasks that wait and machines to look after, and asks for the work. A quiet, converged cluster costs reads only.
 */
export async function sweep(deps: Dependencies): Promise<void> {
  for (const { value: cluster } of await readAll(deps.store, clusters, { pk: clustersPartition })) {
    if (cluster.status !== 'ACTIVE') continue;
    await sweepLeases(deps, cluster.name);
    await expireEvents(deps, cluster.name);
    const work = [
      ...(await dueServices(deps, cluster)),
      ...(await waitingTasks(deps, cluster.name)),
      ...(await dueObjects(deps, cluster.name)),
      ...(await dueMirrors(deps, cluster.name)),
      ...(await dueEks(deps, cluster.name)),
      ...(deps.capacity.policy({ cluster: cluster.name })
        ? [{ kind: 'capacity', cluster: cluster.name } as const]
        : []),
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

async function dueServices(deps: Dependencies, { name: cluster, createdAt }: Cluster): Promise<readonly WorkItem[]> {
  const entries = await readAll(deps.store, serviceEntries, { pk: servicesPartition(cluster) });
  const due = await Promise.all(
    entries.map(async ({ value: { name } }) => ((await isDue(deps, cluster, createdAt, name)) ? [name] : [])),
  );
  return due.flat().map((service) => ({ kind: 'service', cluster, service }));
}

async function isDue(deps: Dependencies, cluster: string, since: number, name: string): Promise<boolean> {
  const id = { cluster, service: name };
  const [service, state, chunks] = await Promise.all([
    read(deps.store, services, id),
    read(deps.store, serviceStates, id),
    readAll(deps.store, slotChunks, { pk: servicePartition(cluster, name), prefix: slotsPrefix }),
  ]);
  if (!service) return false;
  if (service.value.scheduler === 'daemons' && service.value.status !== 'INACTIVE') return isDaemonDue(deps, id);
  const now = deps.clock.now();
  const slots = chunks.map(({ value }) => value);
  if (isServiceDue(service.value, state?.value, slots, now)) return true;
  if (service.value.scheduler !== 'replicas') return false;
  // All services of a cluster are looked at together, so that they share one reading of its fleet.
  return isBalanceDue({ service: service.value, state: state?.value }, since, now, deps.timings);
}

async function waitingTasks(deps: Dependencies, cluster: string): Promise<readonly WorkItem[]> {
  const waiting = await deps.store.queryIndex({ pk: unplacedPartition(cluster), limit: 1 });
  return waiting.items.length > 0 ? [{ kind: 'placement', cluster }] : [];
}
