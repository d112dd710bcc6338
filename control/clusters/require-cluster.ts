import { Fault } from '#core/fault.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { clusters, read, type Versioned } from '../records.ts';

/**
 * The active cluster of that name, with the version a transaction must check to exclude its deletion.
 * No cluster is made implicitly, not even `default`, as on AWS. Faults: ClusterNotFound.
 */
export async function requireCluster(deps: Pick<Dependencies, 'store'>, name: string): Promise<Versioned<Cluster>> {
  const cluster = await read(deps.store, clusters, name);
  if (!cluster) throw new Fault('ClusterNotFound', 'Cluster not found.');
  if (cluster.value.status !== 'ACTIVE') throw new Fault('ClusterNotFound', 'The referenced cluster was inactive.');
  return cluster;
}
