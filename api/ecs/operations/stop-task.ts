import { StopTask$, type StopTaskRequest, type StopTaskResponse } from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { clusterName, taskId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { taskViews } from '../views/task.ts';

export const stopTaskOperation = operation<StopTaskRequest, StopTaskResponse>(StopTask$, async ({ deps }, input) => {
  const cluster = clusterName(deps.scope, input.cluster);
  const id = taskId(deps.scope, cluster, input.task);
  await requireCluster(deps, cluster);
  const [task] = await taskViews(deps, [await stopTask(deps, cluster, id, input.reason)], { tags: true });
  return { task };
});
