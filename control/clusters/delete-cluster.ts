import { refuseDeletion } from '#core/cluster/refuse-deletion.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { clusters, put } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { countCluster } from './count-cluster.ts';
import { requireCluster } from './require-cluster.ts';

/**
 * Moves an empty cluster to INACTIVE, in which it stays describable.
 * Faults: ClusterNotFound, ClusterContainsServices, ClusterContainsTasks, ClusterContainsContainerInstances.
 */
export function deleteCluster(deps: Pick<Dependencies, 'store'>, name: string): Promise<Cluster> {
  return untilCommitted(`deletion of cluster ${name}`, async () => {
    const cluster = await requireCluster(deps, name);
    refuseDeletion(await countCluster(deps, name));
    const inactive: Cluster = { ...cluster.value, status: 'INACTIVE' };
    const outcome = await deps.store.transact([put(clusters, name, inactive, cluster.version)]);
    return outcome.kind === 'committed' ? inactive : CONFLICT;
  });
}
