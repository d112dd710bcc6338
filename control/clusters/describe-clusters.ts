import type { Cluster } from '#core/model/cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { clusters, readMany } from '../records.ts';
import { type ClusterCounts, countCluster } from './count-cluster.ts';

export interface ClusterView {
  readonly cluster: Cluster;
  readonly counts: ClusterCounts;
}

/** Clusters of any status with what they hold, in the order asked for. */
export async function describeClusters(
  deps: Pick<Dependencies, 'store' | 'clock' | 'fleet'>,
  names: readonly string[],
): Promise<readonly (ClusterView | undefined)[]> {
  const found = await readMany(deps.store, clusters, names);
  return Promise.all(
    found.map(
      async (cluster) => cluster && { cluster: cluster.value, counts: await countCluster(deps, cluster.value.name) },
    ),
  );
}
