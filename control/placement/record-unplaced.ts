import type { Unplaced } from '#core/model/placement.ts';
import type { Task } from '#core/model/task.ts';
import type { Dependencies } from '../dependencies.ts';
import { unplacedIndexKey } from '../keys.ts';
import { type PutOptions, put, tasks } from '../records.ts';
import { ownerOfTaskWake } from '../tasks/owner-of-task-wake.ts';

/** Puts under way at once. */
const PARALLEL = 16;

export interface UnplacedTask {
  readonly task: Task;
  readonly version: number;
  readonly why: Unplaced;
}

/**
 * Writes on waiting tasks why they wait, when the reasons are new, and wakes their service so that it can say so.
 * How many machines each reason ruled out changes with every placement, so a new count alone is not worth a write.
 * A task somebody else changed meanwhile is left alone: whoever did that woke placement again.
 */
export async function recordUnplaced(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  unplaced: readonly UnplacedTask[],
): Promise<void> {
  const news = unplaced.filter(({ task, why }) => !task.unplaced || reasonsOf(task.unplaced) !== reasonsOf(why));
  for (let start = 0; start < news.length; start += PARALLEL) {
    const writes = news.slice(start, start + PARALLEL).map(({ task, version, why }) => {
      const options = waitingTaskOptions(cluster, task);
      return put(tasks, { cluster, taskId: task.taskId }, { ...task, unplaced: why }, version, options);
    });
    await Promise.all(writes.map((write) => deps.store.transact([write])));
  }
}

/** Keeps a waiting task in the sparse index, and tells its service. */
function waitingTaskOptions(cluster: string, task: Task): PutOptions {
  return { index: unplacedIndexKey(cluster, task.createdAt, task.taskId), ...ownerOfTaskWake(task) };
}

const reasonsOf = ({ considered, rejected }: Unplaced): string =>
  considered === 0 ? 'none' : Object.keys(rejected).sort().join();
