import { DescribeTasks$, type DescribeTasksRequest, type DescribeTasksResponse } from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { taskArn } from '#core/model/arn.ts';
import { clusterName, taskId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { includesTags } from '../tags.ts';
import { found, missing } from '../views/failure.ts';
import { taskViews } from '../views/task.ts';

export const describeTasksOperation = operation<DescribeTasksRequest, DescribeTasksResponse>(
  DescribeTasks$,
  async ({ deps }, input) => {
    const cluster = clusterName(deps.scope, input.cluster);
    const ids = [...new Set((input.tasks ?? []).map((text) => taskId(deps.scope, cluster, text)))];
    await requireCluster(deps, cluster);
    const views = await describeTasks(deps, cluster, ids);
    return {
      tasks: await taskViews(deps, found(views), { tags: includesTags(input.include) }),
      failures: missing(views, (position) => taskArn(deps.scope, cluster, ids[position] ?? '')),
    };
  },
);
