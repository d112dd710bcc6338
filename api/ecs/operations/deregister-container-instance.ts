import {
  DeregisterContainerInstance$,
  type DeregisterContainerInstanceRequest,
  type DeregisterContainerInstanceResponse,
} from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { deregisterInstance } from '#control/instances/deregister-instance.ts';
import { forceDeregister } from '#control/instances/force-deregister.ts';
import { describeInstances } from '#control/instances/read-instances.ts';
import { Fault } from '#core/fault.ts';
import { clusterName, instanceId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { instanceView } from '../views/container-instance.ts';

export const deregisterContainerInstanceOperation = operation<
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse
>(DeregisterContainerInstance$, async ({ deps }, input) => {
  const cluster = clusterName(deps.scope, input.cluster);
  const id = instanceId(deps.scope, cluster, input.containerInstance);
  await requireCluster(deps, cluster);
  const [known] = await describeInstances(deps, cluster, [id]);
  if (!known) throw new Fault('InvalidParameter', `Referenced container instance ${id} not found.`);
  await (input.force ? forceDeregister : deregisterInstance)(deps, cluster, id);
  const [view = known] = await describeInstances(deps, cluster, [id]);
  return { containerInstance: instanceView(deps.scope, view, { tags: true, health: false }) };
});
