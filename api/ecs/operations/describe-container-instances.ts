import {
  DescribeContainerInstances$,
  type DescribeContainerInstancesRequest,
  type DescribeContainerInstancesResponse,
} from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { describeInstances } from '#control/instances/read-instances.ts';
import { containerInstanceArn } from '#core/model/arn.ts';
import { clusterName, instanceId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { includesTags } from '../tags.ts';
import { instanceView } from '../views/container-instance.ts';
import { found, missing } from '../views/failure.ts';

export const describeContainerInstancesOperation = operation<
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse
>(DescribeContainerInstances$, async ({ deps }, input) => {
  const cluster = clusterName(deps.scope, input.cluster);
  const ids = [...new Set((input.containerInstances ?? []).map((text) => instanceId(deps.scope, cluster, text)))];
  await requireCluster(deps, cluster);
  const views = await describeInstances(deps, cluster, ids);
  return {
    containerInstances: found(views).map((view) =>
      instanceView(deps.scope, view, {
        tags: includesTags(input.include),
        health: input.include?.includes('CONTAINER_INSTANCE_HEALTH') ?? false,
      }),
    ),
    failures: missing(views, (position) => containerInstanceArn(deps.scope, cluster, ids[position] ?? '')),
  };
});
