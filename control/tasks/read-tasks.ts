import type { Task } from '#core/model/task.ts';
import type { Dependencies } from '../dependencies.ts';
import type { TaskFilter, TaskView } from '../intents.ts';
import { taskKey, taskPartitions, tasksPrefix } from '../keys.ts';
import { asRecord, observations, readMany, tasks, type Versioned } from '../records.ts';

/** Both halves of each task, in the order asked for; undefined where there is none. */
export async function describeTasks(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  taskIds: readonly string[],
): Promise<readonly (TaskView | undefined)[]> {
  const ids = taskIds.map((taskId) => ({ cluster, taskId }));
  const [desired, observed] = await Promise.all([
    readMany(deps.store, tasks, ids),
    readMany(deps.store, observations, ids),
  ]);
  return desired.map((task, position) => task && taskView(task, observed[position]));
}

/** Joins the halves; the version grows whichever of them changes. */
export const taskView = (
  task: Versioned<Task>,
  observation: Versioned<NonNullable<TaskView['observation']>> | undefined,
): TaskView => ({
  task: task.value,
  ...(observation ? { observation: observation.value } : {}),
  version: task.version + (observation?.version ?? 0),
});

const PAGE = 200;

/**
 * Ids of the tasks that match, page by page over the cluster's partitions.
 * `after` is the last id of the page before: its place in the walk follows from the id itself.
 */
export async function listTasks(
  deps: Pick<Dependencies, 'store'>,
  filter: TaskFilter,
  page: { readonly after?: string; readonly limit: number },
): Promise<{ readonly taskIds: readonly string[]; readonly next?: string }> {
  const found: string[] = [];
  const start = page.after === undefined ? undefined : taskKey(filter.cluster, page.after);
  const partitions = taskPartitions(filter.cluster);
  const first = start ? partitions.indexOf(start.pk) : 0;
  for (const pk of partitions.slice(Math.max(0, first))) {
    let after = pk === start?.pk ? start.sk : undefined;
    do {
      const answer = await deps.store.query({ pk, prefix: tasksPrefix, limit: PAGE, ...(after ? { after } : {}) });
      for (const item of answer.items) {
        const task = asRecord(tasks, item).value;
        if (!matches(task, filter)) continue;
        if (found.length === page.limit) return { taskIds: found, next: found[found.length - 1] ?? '' };
        found.push(task.taskId);
      }
      after = answer.next;
    } while (after !== undefined);
  }
  return { taskIds: found };
}

const matches = (task: Task, filter: TaskFilter): boolean =>
  task.desiredStatus === filter.desiredStatus &&
  (filter.family === undefined || task.definition.family === filter.family) &&
  (filter.service === undefined || task.slot?.service === filter.service) &&
  (filter.startedBy === undefined || task.startedBy === filter.startedBy) &&
  (filter.instanceId === undefined || task.assignment?.instanceId === filter.instanceId) &&
  (filter.launchType === undefined || task.launchType === filter.launchType);
