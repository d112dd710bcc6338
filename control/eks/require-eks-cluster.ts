import { Fault } from '#core/fault.ts';
import type { EksCluster } from '#core/model/eks-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { clusters, read, type Versioned } from '../records.ts';
import { eksClusters } from './records.ts';

type Deps = Pick<Dependencies, 'store'>;

/** The Kubernetes side of a cluster. It goes with the cluster: deleted by the ECS face, it is not there here either. */
export async function findEksCluster(deps: Deps, name: string): Promise<Versioned<EksCluster> | undefined> {
  const [found, cluster] = await Promise.all([read(deps.store, eksClusters, name), read(deps.store, clusters, name)]);
  return cluster?.value.status === 'ACTIVE' ? found : undefined;
}

/** Faults: ResourceNotFound. */
export async function requireEksCluster(deps: Deps, name: string): Promise<Versioned<EksCluster>> {
  const found = await findEksCluster(deps, name);
  if (!found) throw new Fault('ResourceNotFound', `No cluster found for name: ${name}.`);
  return found;
}
