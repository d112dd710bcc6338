import { type ClusterContents, refuseDeletion } from '#core/cluster/refuse-deletion.ts';
import type { Cluster } from '#core/model/cluster.ts';
import { clusterProviderWrites } from '../capacity-providers/cluster-providers.ts';
import type { Dependencies } from '../dependencies.ts';
import { servicesPartition } from '../keys.ts';
import { clusters, put, readAll, readMany, serviceEntries, services } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { findAliveTask } from './find-alive-task.ts';
import { requireCluster } from './require-cluster.ts';

type Deps = Pick<Dependencies, 'store' | 'clock' | 'fleet' | 'timings'>;

/**
 * Moves an empty cluster to INACTIVE, in which it stays describable; made again, it starts anew.
 * Faults: ClusterNotFound, ClusterContainsServices, ClusterContainsTasks, ClusterContainsContainerInstances.
 */
export function deleteCluster(deps: Deps, name: string): Promise<Cluster> {
  return untilCommitted(`deletion of cluster ${name}`, async () => {
    const { value: before, version } = await requireCluster(deps, name);
    refuseDeletion(await contentsOf(deps, name));
    const inactive: Cluster = {
      ...before,
      status: 'INACTIVE',
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    };
    const outcome = await deps.store.transact([
      // A launch may have seen the cluster ACTIVE and write its tasks after this looked for tasks. They find no machine,
      // and placement ends them: each wakes it, and this does once those that came before are in the index.
      put(clusters, name, inactive, version, {
        wake: { work: { kind: 'placement', cluster: name }, at: deps.clock.now() + deps.timings.sweep },
      }),
      ...(await clusterProviderWrites(deps, name, before.capacityProviders ?? [], [])),
    ]);
    return outcome.kind === 'committed' ? inactive : CONFLICT;
  });
}

/** What is certainly there now: counts that may be a moment old are good enough to show, not to delete by. */
async function contentsOf(deps: Deps, cluster: string): Promise<ClusterContents> {
  const [entries, fleet] = await Promise.all([
    readAll(deps.store, serviceEntries, { pk: servicesPartition(cluster) }),
    deps.fleet.load(deps, cluster, { fresh: true }),
  ]);
  const ids = entries.map(({ value }) => ({ cluster, service: value.name }));
  const found = await readMany(deps.store, services, ids);
  return {
    services: found.filter((service) => service && service.value.status !== 'INACTIVE').length,
    instances: fleet.length,
    hasTasks: (await findAliveTask(deps, cluster)) !== undefined,
  };
}
