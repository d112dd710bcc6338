import type { Dependencies } from '../dependencies.ts';
import { unplacedPartition } from '../keys.ts';
import { asRecord, clusters, read, tasks } from '../records.ts';
import { stopTask } from '../tasks/stop-task.ts';

/**
 * Ends the tasks that wait in a cluster that was deleted while they were being launched. A launch reads its cluster and
 * does not check it again in its transaction, which would cost every launch; so a task may come to be just after the
 * deletion. It can only be waiting: a cluster that is deleted has no machine, and none can register.
 */
export async function endInDeletedCluster(deps: Dependencies, cluster: string): Promise<void> {
  const home = await read(deps.store, clusters, cluster);
  if (home?.value.status !== 'INACTIVE') return;
  const { items } = await deps.store.queryIndex({ pk: unplacedPartition(cluster) });
  for (const item of items) {
    const { taskId } = asRecord(tasks, item).value;
    await stopTask(deps, cluster, taskId, 'The cluster of the task was deleted.', 'TaskFailedToStart');
  }
}
