import {
  UpdateContainerInstancesState$,
  type UpdateContainerInstancesStateRequest,
  type UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { describeInstances } from '#control/instances/read-instances.ts';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import { Fault } from '#core/fault.ts';
import { containerInstanceArn } from '#core/model/arn.ts';
import { clusterName, instanceId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { instanceView } from '../views/container-instance.ts';
import { missing } from '../views/failure.ts';

export const updateContainerInstancesStateOperation = operation<
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse
>(UpdateContainerInstancesState$, async ({ deps }, input) => {
  const { status } = input;
  if (status !== 'ACTIVE' && status !== 'DRAINING') {
    throw new Fault('InvalidParameter', 'Container instance status should be one of [ACTIVE,DRAINING]');
  }
  const cluster = clusterName(deps.scope, input.cluster);
  const ids = [...new Set((input.containerInstances ?? []).map((text) => instanceId(deps.scope, cluster, text)))];
  await requireCluster(deps, cluster);
  const known = await describeInstances(deps, cluster, ids);
  const changed = await Promise.all(
    ids.filter((_, position) => known[position]).map((id) => setInstanceState(deps, cluster, id, status)),
  );
  return {
    containerInstances: changed.map((view) => instanceView(deps.scope, view, { tags: false })),
    failures: missing(known, (position) => containerInstanceArn(deps.scope, cluster, ids[position] ?? '')),
  };
});
