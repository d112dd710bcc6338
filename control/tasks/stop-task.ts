import { Fault } from '#core/fault.ts';
import type { StopRequest, Task } from '#core/model/task.ts';
import { markStopping } from '#core/placement/reserve.ts';
import { markSlotStopping } from '#core/service/slot-transitions.ts';
import type { Dependencies } from '../dependencies.ts';
import { type ReservationChange, ringAgents } from '../instances/ring-agents.ts';
import type { TaskView } from '../intents.ts';
import type { Write } from '../ports.ts';
import { observations, put, read, reservations, tasks, type Versioned } from '../records.ts';
import { SlotChunkEdit } from '../services/slot-chunks.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { ownerOfTaskWake } from './owner-of-task-wake.ts';
import { describeTasks } from './read-tasks.ts';
import { neverRan, settleStopped } from './settle-stopped.ts';

/**
 * StopTask: asks for the end of a task and answers with the task as it then stands; stopping twice is no error. `grace`: seconds its
 * containers may take, instead of the time they were started with.
 * Faults: InvalidParameter when there is no such task.
 */
export async function stopTask(
  deps: Dependencies,
  cluster: string,
  taskId: string,
  reason = 'Task stopped by user',
  code: StopRequest['code'] = 'UserInitiated',
  grace?: number,
): Promise<TaskView> {
  const stop: StopRequest = { code, reason, at: deps.clock.now() };
  await untilCommitted(`stop of task ${taskId}`, async (): Promise<undefined | typeof CONFLICT> => {
    const task = await read(deps.store, tasks, { cluster, taskId });
    if (!task) throw new Fault('InvalidParameter', 'The referenced task was not found.');
    if (task.value.desiredStatus === 'STOPPED') return undefined;
    const change = task.value.assignment
      ? await stopAssigned(deps, task, stop, grace)
      : { writes: await stopUnassigned(deps, task, stop), rung: [] };
    const outcome = await deps.store.transact(change.writes);
    if (outcome.kind === 'conflict') return CONFLICT;
    await ringAgents(deps, change.rung);
    return undefined;
  });
  const [view] = await describeTasks(deps, cluster, [taskId]);
  if (!view) throw new Fault('InvalidParameter', 'The referenced task was not found.');
  return view;
}

interface StopChange {
  readonly writes: readonly Write[];
  readonly rung: readonly ReservationChange[];
}

/** The machine has it: mark all three records, the agent does the rest. */
async function stopAssigned(
  deps: Dependencies,
  task: Versioned<Task>,
  stop: StopRequest,
  grace: number | undefined,
): Promise<StopChange> {
  const { cluster, taskId, assignment } = task.value;
  const instanceId = assignment?.instanceId ?? '';
  const chunks = await SlotChunkEdit.open(deps, cluster, [task.value]);
  chunks.change(task.value, markSlotStopping);
  const taskWrite = put(
    tasks,
    { cluster, taskId },
    { ...task.value, desiredStatus: 'STOPPED', stop },
    task.version,
    ownerOfTaskWake(task.value),
  );
  const reservation = await read(deps.store, reservations, { cluster, instanceId });
  if (!reservation?.value.tasks.some((held) => held.taskId === taskId))
    return { writes: [taskWrite, ...chunks.writes()], rung: [] };
  const marked = markStopping(reservation.value, new Set([taskId]), grace);
  return {
    writes: [taskWrite, put(reservations, { cluster, instanceId }, marked, reservation.version), ...chunks.writes()],
    rung: [{ reservation: marked, version: reservation.version + 1, started: [], stopped: [taskId] }],
  };
}

/** No machine ever had it, so it is over at once. */
async function stopUnassigned(deps: Dependencies, task: Versioned<Task>, stop: StopRequest): Promise<readonly Write[]> {
  const { cluster, taskId } = task.value;
  const observation = await read(deps.store, observations, { cluster, taskId });
  const chunks = await SlotChunkEdit.open(deps, cluster, [task.value]);
  const final = neverRan(task.value, stop);
  const writes = settleStopped(deps, [{ task, observation, final, failed: false }], chunks);
  return [...writes, ...chunks.writes()];
}
