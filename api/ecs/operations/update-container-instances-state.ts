import {
  UpdateContainerInstancesState$,
  type UpdateContainerInstancesStateRequest,
  type UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { describeInstances, type InstanceView } from '#control/instances/read-instances.ts';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import { Fault } from '#core/fault.ts';
import { containerInstanceArn } from '#core/model/arn.ts';
import { clusterName, instanceId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { instanceView } from '../views/container-instance.ts';
import { found, missing } from '../views/failure.ts';

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
  const isLeaving = (view: InstanceView): boolean =>
    view.reservation.status === 'INACTIVE' || view.reservation.status === 'DEREGISTERING';
  const leaving = found(known).filter(isLeaving);
  const staying = found(known).filter((view) => !isLeaving(view));
  const changed = await Promise.all(
    staying.map(({ reservation }) => setInstanceState(deps, cluster, reservation.instanceId, status)),
  );
  const arn = (id: string): string => containerInstanceArn(deps.scope, cluster, id);
  return {
    containerInstances: changed.map((view) => instanceView(deps.scope, view, { tags: false, health: false })),
    failures: [
      ...missing(known, (position) => arn(ids[position] ?? '')),
      ...leaving.map(({ reservation }) => ({ arn: arn(reservation.instanceId), reason: reservation.status })),
    ],
  };
});
