import type { Task as WireTask } from '@aws-sdk/client-ecs';
import type { Dependencies } from '#control/dependencies.ts';
import { clusterOfKey } from '#control/keys.ts';
import { eventId } from '#control/outbox/event-id.ts';
import type { Item } from '#control/ports.ts';
import { asRecord, observations, readMany, type TaskId, tasks, type Versioned } from '#control/records.ts';
import { taskView } from '#control/tasks/read-tasks.ts';
import type { JsonObject } from '#core/json.ts';
import { taskArn } from '#core/model/arn.ts';
import type { TaskOutboxEvent } from '#core/model/outbox.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';
import { taskViews } from '../views/task.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { ItemChange } from './item-change.ts';

/** A task is two items, each with a record of its own. */
interface Halves {
  readonly task?: Versioned<Task> | undefined;
  readonly observation?: Versioned<TaskObservation> | undefined;
}

/**
 * ECS Task State Change: the task as DescribeTasks showed it, for each change of it that shows. The half a record does
 * not carry is taken from its neighbours in the batch, and from the table when they do not have it.
 */
export async function taskEvents(deps: Dependencies, changes: readonly ItemChange[]): Promise<readonly ClusterEvent[]> {
  const relevant = changes.filter(({ new: item }) => item.kind === 'task' || item.kind === 'observation');
  const halves = await halvesBefore(deps, relevant);
  const events: ClusterEvent[] = [];
  for (const change of relevant) {
    const id = idOf(change.new);
    const before = halves.get(id.taskId) ?? {};
    const after = { ...before, ...halfOf(change.new) };
    halves.set(id.taskId, after);
    const event = await eventOf(deps, id, before, after, change.at);
    if (event) events.push({ cluster: id.cluster, event });
  }
  return events;
}

/** How each task stood before the first of these changes. */
async function halvesBefore(deps: Dependencies, changes: readonly ItemChange[]): Promise<Map<string, Halves>> {
  const ids = [...new Map(changes.map(({ new: item }) => [idOf(item).taskId, idOf(item)])).values()];
  const [found, observed] = await Promise.all([
    readMany(deps.store, tasks, ids),
    readMany(deps.store, observations, ids),
  ]);
  const before = new Map<string, Halves>(
    ids.map(({ taskId }, at) => [taskId, { task: found[at], observation: observed[at] }]),
  );
  const known = new Set<string>();
  for (const { new: item, old } of changes) {
    const { taskId } = idOf(item);
    if (known.has(`${item.kind} ${taskId}`)) continue;
    known.add(`${item.kind} ${taskId}`);
    const { task, ...seen } = before.get(taskId) ?? {};
    // Nothing is seen of a task before it is there.
    const none = item.kind === 'task' ? {} : { task };
    before.set(taskId, old ? { task, ...seen, ...halfOf(old) } : none);
  }
  return before;
}

const halfOf = (item: Item): Halves =>
  item.kind === 'task' ? { task: asRecord(tasks, item) } : { observation: asRecord(observations, item) };

const idOf = (item: Item): TaskId => ({
  cluster: clusterOfKey(item.key),
  taskId: item.kind === 'task' ? asRecord(tasks, item).value.taskId : asRecord(observations, item).value.taskId,
});

async function eventOf(
  deps: Dependencies,
  { cluster, taskId }: TaskId,
  before: Halves,
  after: Halves,
  at: number,
): Promise<TaskOutboxEvent | undefined> {
  // What was seen of a task outlives it by moments when both expire.
  if (!after.task) return undefined;
  const view = taskView(after.task, after.observation);
  const [now] = await taskViews(deps, [view]);
  const [was] = before.task ? await taskViews(deps, [taskView(before.task, before.observation)]) : [];
  if (!now || (was && shown(was) === shown(now))) return undefined;
  const service = view.task.slot?.service;
  return {
    kind: 'task',
    id: eventId(deps, 'task', cluster, taskId, view.version),
    at,
    arn: taskArn(deps.scope, cluster, taskId),
    task: taskId,
    ...(service === undefined ? {} : { service }),
    // Through JSON, so that instants become text as everywhere on EventBridge.
    detail: JSON.parse(JSON.stringify({ ...now, updatedAt: new Date(at) })) as JsonObject,
  };
}

/** What makes a change worth an event: ECS sends none for a new version alone. */
const shown = ({ desiredStatus, lastStatus, healthStatus, stopCode, containers = [] }: WireTask): string =>
  JSON.stringify([
    [desiredStatus, lastStatus, healthStatus, stopCode],
    ...containers.map((one) => [one.lastStatus, one.exitCode, one.healthStatus]),
  ]);
