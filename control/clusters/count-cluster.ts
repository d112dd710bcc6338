import type { ClusterContents } from '#core/cluster/refuse-deletion.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  instancePartitions,
  observationsPrefix,
  reservationsPrefix,
  servicesPartition,
  taskPartitions,
  tasksPrefix,
} from '../keys.ts';
import { observations, readAll, readMany, reservations, serviceEntries, services, tasks } from '../records.ts';

type Deps = Pick<Dependencies, 'store'>;

export interface ClusterCounts extends ClusterContents {
  readonly activeServices: number;
  readonly runningTasks: number;
  readonly pendingTasks: number;
}

/**
 * Counts by reading what there is: a counter kept on the side would be written by every launch of the cluster.
 * Only DescribeClusters and DeleteCluster pay for it.
 */
export async function countCluster(deps: Deps, cluster: string): Promise<ClusterCounts> {
  const [ofServices, ofTasks, instances] = await Promise.all([
    countServices(deps, cluster),
    countTasks(deps, cluster),
    countInstances(deps, cluster),
  ]);
  return { ...ofServices, ...ofTasks, instances };
}

async function countServices({ store }: Deps, cluster: string): Promise<{ services: number; activeServices: number }> {
  const entries = await readAll(store, serviceEntries, { pk: servicesPartition(cluster) });
  const ids = entries.map(({ value }) => ({ cluster, service: value.name }));
  const states = (await readMany(store, services, ids)).map((service) => service?.value.status ?? 'INACTIVE');
  return {
    services: states.filter((status) => status !== 'INACTIVE').length,
    activeServices: states.filter((status) => status === 'ACTIVE').length,
  };
}

async function countTasks(
  deps: Deps,
  cluster: string,
): Promise<{ tasks: number; runningTasks: number; pendingTasks: number }> {
  const partitions = await Promise.all(taskPartitions(cluster).map((pk) => taskStates(deps, pk)));
  const states = partitions.flat();
  const running = states.filter((status) => status === 'RUNNING').length;
  const alive = states.filter((status) => status !== 'STOPPED').length;
  return { tasks: alive, runningTasks: running, pendingTasks: alive - running };
}

async function taskStates({ store }: Deps, pk: string): Promise<readonly string[]> {
  const [desired, observed] = await Promise.all([
    readAll(store, tasks, { pk, prefix: tasksPrefix }),
    readAll(store, observations, { pk, prefix: observationsPrefix }),
  ]);
  const seen = new Map(observed.map(({ value }) => [value.taskId, value.status]));
  return desired.map(({ value }) => seen.get(value.taskId) ?? 'PENDING');
}

async function countInstances({ store }: Deps, cluster: string): Promise<number> {
  const partitions = await Promise.all(
    instancePartitions(cluster).map((pk) => readAll(store, reservations, { pk, prefix: reservationsPrefix })),
  );
  return partitions.flat().filter(({ value }) => value.status !== 'INACTIVE').length;
}
