import { Fault } from '#core/fault.ts';
import type { EksCluster } from '#core/model/eks-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { put } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { clusterWork } from './eks-work.ts';
import { readProfiles } from './read-profiles.ts';
import { eksClusters } from './records.ts';
import { requireEksCluster } from './require-eks-cluster.ts';

/**
 * Begins to take the Kubernetes side of a cluster away; the object worker deletes what is in it. Asked again, it says how far it
 * is. Faults: ResourceNotFound, ResourceInUse while the cluster has profiles.
 */
export function deleteEksCluster(deps: Pick<Dependencies, 'store'>, name: string): Promise<EksCluster> {
  return untilCommitted(`deletion of cluster ${name}`, async () => {
    const before = await requireEksCluster(deps, name);
    if (before.value.status === 'DELETING') return before.value;
    if ((await readProfiles(deps, name)).length > 0) {
      throw new Fault('ResourceInUse', 'Cluster has Fargate profiles attached');
    }
    const deleting: EksCluster = { ...before.value, status: 'DELETING' };
    const wake = { work: clusterWork(name) };
    const outcome = await deps.store.transact([put(eksClusters, name, deleting, before.version, { wake })]);
    return outcome.kind === 'committed' ? deleting : CONFLICT;
  });
}
