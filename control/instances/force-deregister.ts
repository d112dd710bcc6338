import { Fault } from '#core/fault.ts';
import type { Reservation } from '#core/model/container-instance.ts';
import { markStopping } from '#core/placement/reserve.ts';
import { markSlotStopping } from '#core/service/slot-transitions.ts';
import type { Dependencies } from '../dependencies.ts';
import { type InstanceId, put, read, readMany, reservations, tasks } from '../records.ts';
import { SlotChunkEdit } from '../services/slot-chunks.ts';
import { ownerOfTaskWake } from '../tasks/owner-of-task-wake.ts';
import { CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';
import { deregisterInstance } from './deregister-instance.ts';
import { ringAgents } from './ring-agents.ts';
import { deregisteredStop } from './stop-reasons.ts';

/** Each writes the task and perhaps its chunk. */
const TASKS_PER_TRANSACTION = 40;

/**
 * Deregisters an instance with all it holds. It takes nothing new and its agent is told to stop everything; it is
 * DEREGISTERING until the last task was reported stopped or its lease is over, and INACTIVE from then on.
 * Unlike ECS it leaves no orphans: whoever still runs something keeps being answered until it does not.
 * Invariant S2: no slot is freed here. A task on the machine may be fenced, and is gone only once its agent says so or
 * the lease is over; what is told to stop counts no longer, so its replacement starts in another slot meanwhile.
 * Repeating a call that died half-way finishes it; the agent stops everything from the first write on anyway.
 * Faults: ResourceNotFound.
 */
export async function forceDeregister(deps: Dependencies, cluster: string, instanceId: string): Promise<void> {
  const id = { cluster, instanceId };
  const held = await untilCommitted(`deregistration of ${instanceId}`, () => tellAgent(deps, id));
  if (held.length === 0) return deregisterInstance(deps, cluster, instanceId);
  for (let first = 0; first < held.length; first += TASKS_PER_TRANSACTION) {
    const batch = held.slice(first, first + TASKS_PER_TRANSACTION);
    await untilCommitted(`deregistration of ${instanceId}`, () => stopTasks(deps, id, batch));
  }
}

/** One item says it all: nothing is placed there any more, and every task must stop. Answers the tasks it holds. */
async function tellAgent(deps: Dependencies, id: InstanceId): Promise<readonly string[] | typeof CONFLICT> {
  const before = await read(deps.store, reservations, id);
  if (!before) throw new Fault('ResourceNotFound', `Container instance ${id.instanceId} was not found.`);
  const held = before.value.tasks.map(({ taskId }) => taskId);
  if (before.value.status === 'INACTIVE' || before.value.status === 'DEREGISTERING') return held;
  const stopping = markStopping(before.value, new Set(held));
  const value: Reservation = { ...stopping, status: 'DEREGISTERING', schedulable: false };
  const outcome = await deps.store.transact([put(reservations, id, value, before.version)]);
  if (outcome.kind === 'conflict') return CONFLICT;
  const version = before.version + 1;
  deps.fleet.learn(value, version);
  await ringAgents(deps, [{ reservation: value, version, started: [], stopped: held }]);
  return held;
}

/** Both the tasks and their slots say that they are no longer wanted, so that their services replace them at once. */
async function stopTasks(
  deps: Dependencies,
  { cluster }: InstanceId,
  taskIds: readonly string[],
): Promise<undefined | typeof CONFLICT> {
  const found = await readMany(
    deps.store,
    tasks,
    taskIds.map((taskId) => ({ cluster, taskId })),
  );
  const wanted = found.flatMap((task) => (task?.value.desiredStatus === 'RUNNING' ? [task] : []));
  if (wanted.length === 0) return undefined;
  const stop = deregisteredStop(deps.clock.now());
  const chunks = await SlotChunkEdit.open(
    deps,
    cluster,
    wanted.map(({ value }) => value),
  );
  for (const { value } of wanted) chunks.change(value, markSlotStopping);
  const stopped = wanted.map(({ value, version }) =>
    put(tasks, value, { ...value, desiredStatus: 'STOPPED', stop }, version, ownerOfTaskWake(value)),
  );
  return unlessConflict(await deps.store.transact([...stopped, ...chunks.writes()]));
}
