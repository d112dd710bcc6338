import { Fault } from '#core/fault.ts';
import type { HistoryEntry } from '#core/history/history-entry.ts';
import { serviceHistory } from '#core/history/service-history.ts';
import { type TaskPast, taskHistory } from '#core/history/task-history.ts';
import type { Task } from '#core/model/task.ts';
import type { Dependencies } from '../dependencies.ts';
import { taskPartitions, tasksPrefix } from '../keys.ts';
import { observations, readAll, readMany, type ServiceId, type TaskId, tasks } from '../records.ts';
import { requireView } from '../services/create-service.ts';
import { listDeploymentRecords } from '../services/deployment-records.ts';
import { serviceTaskId } from '../services/service-task.ts';
import { describeTasks } from '../tasks/read-tasks.ts';

/** How many tasks of a service are looked at, the newest ones. */
const MAX_TASKS = 1_000;

/**
 * What is remembered of a service and why it happened, oldest first: deployments for months, tasks for as long as stopped
 * ones are kept. Reads every task of the cluster. Faults: ServiceNotFound.
 */
export async function readServiceHistory(deps: Dependencies, id: ServiceId): Promise<readonly HistoryEntry[]> {
  const { events } = await requireView(deps, id.cluster, id.service);
  const [deployments, own] = await Promise.all([
    listDeploymentRecords(deps, id.cluster, id.service),
    tasksOf(deps, id),
  ]);
  const ids = own.map(({ cluster, taskId }) => ({ cluster, taskId }));
  const observed = await readMany(deps.store, observations, ids);
  const pasts = new Map(
    own.map((task, at): [string, TaskPast] => [task.taskId, { task, observation: observed[at]?.value }]),
  );
  const linked = [...pasts.values()].map((past) => withPredecessor(deps, past, (taskId) => pasts.get(taskId)));
  return serviceHistory({ deployments, tasks: linked, events });
}

/** How one task began and ended. Faults: InvalidParameter when there is no such task. */
export async function readTaskHistory(
  deps: Dependencies,
  { cluster, taskId }: TaskId,
): Promise<readonly HistoryEntry[]> {
  const [view] = await describeTasks(deps, cluster, [taskId]);
  if (!view) throw new Fault('InvalidParameter', 'The referenced task was not found.');
  const before = predecessorOf(deps, view.task);
  const [found] = before === undefined ? [] : await describeTasks(deps, cluster, [before]);
  const past = { task: view.task, observation: view.observation };
  const known = found && { task: found.task, observation: found.observation };
  return taskHistory(withPredecessor(deps, past, () => known));
}

async function tasksOf(deps: Dependencies, { cluster, service }: ServiceId): Promise<readonly Task[]> {
  const own: Task[] = [];
  for (const pk of taskPartitions(cluster)) {
    const found = await readAll(deps.store, tasks, { pk, prefix: tasksPrefix });
    own.push(...found.flatMap(({ value }) => (value.slot?.service === service ? [value] : [])));
  }
  return own.sort((a, b) => a.createdAt - b.createdAt).slice(-MAX_TASKS);
}

/** Who had the slot before, when anybody had: its id follows from the slot and the epoch. */
const predecessorOf = (deps: Dependencies, { cluster, slot, epoch }: Task): string | undefined =>
  slot && epoch > 1 ? serviceTaskId(deps, cluster, slot, epoch - 1) : undefined;

function withPredecessor(deps: Dependencies, past: TaskPast, find: (taskId: string) => TaskPast | undefined): TaskPast {
  const taskId = predecessorOf(deps, past.task);
  if (taskId === undefined) return past;
  const before = find(taskId);
  return { ...past, predecessor: { taskId, ...(before ? { past: before } : {}) } };
}
