import { Fault } from '#core/fault.ts';
import { findTaskSet } from '#core/service/task-sets.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { requireView } from '../services/create-service.ts';
import { requireTaskSets, type TaskSetView } from './change-task-sets.ts';

/**
 * DescribeTaskSets: task sets by id, in the order asked for; undefined where there is none.
 * Faults: ClusterNotFound, ServiceNotFound, ServiceNotActive; InvalidParameter when ECS itself deploys the service.
 */
export async function describeTaskSets(
  deps: Dependencies,
  cluster: string,
  name: string,
  ids: readonly string[],
): Promise<readonly (TaskSetView | undefined)[]> {
  await requireCluster(deps, cluster);
  const view = await requireView(deps, cluster, name);
  const service = requireTaskSets(view.service);
  if (service.status === 'INACTIVE') throw new Fault('ServiceNotActive', 'Service was not ACTIVE.');
  return ids.map((id) => {
    const taskSet = findTaskSet(service, id);
    return taskSet && { ...view, service, taskSet };
  });
}
