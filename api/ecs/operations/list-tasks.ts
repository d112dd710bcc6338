import { ListTasks$, type ListTasksRequest, type ListTasksResponse } from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import type { TaskFilter } from '#control/intents.ts';
import { requireService } from '#control/services/require-service.ts';
import { listTasks } from '#control/tasks/read-tasks.ts';
import { taskArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import { clusterName, instanceId, serviceName } from '../identifiers.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';
import { launchTypeOf } from './launch-members.ts';

export const listTasksOperation = operation<ListTasksRequest, ListTasksResponse>(ListTasks$, async (call, input) => {
  const { deps } = call;
  const filter = filterOf(deps.scope, input);
  await requireCluster(deps, filter.cluster);
  if (filter.service !== undefined) await requireService(deps, filter.cluster, filter.service);
  // As on AWS, no task is ever wanted PENDING: the value is accepted and matches nothing.
  if (input.desiredStatus === 'PENDING') return { taskArns: [] };
  const { page, nextToken } = await paged(call, { operation: 'ListTasks', filter }, input, (range) =>
    listTasks(deps, filter, range),
  );
  return { taskArns: page.taskIds.map((id) => taskArn(deps.scope, filter.cluster, id)), nextToken };
});

function filterOf(scope: Scope, input: ListTasksRequest): TaskFilter {
  const cluster = clusterName(scope, input.cluster);
  const { containerInstance, serviceName: service } = input;
  return {
    cluster,
    ...present({
      family: input.family,
      startedBy: input.startedBy,
      launchType: launchTypeOf(input.launchType),
      service: service === undefined ? undefined : serviceName(scope, cluster, service),
      instanceId: containerInstance === undefined ? undefined : instanceId(scope, cluster, containerInstance),
    }),
    desiredStatus: input.desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING',
  };
}
