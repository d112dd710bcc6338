import type { StopRequest, Task, TaskObservation } from '#core/model/task.ts';
import { freeSlot } from '#core/service/slot-transitions.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { observations, put, tasks, type Versioned } from '../records.ts';
import type { SlotChunkEdit } from '../services/slot-chunks.ts';
import { ownerOfTaskWake } from './owner-of-task-wake.ts';

/** A task that is over, with the last thing that will ever be observed of it. */
export interface StoppedTask {
  readonly task: Versioned<Task>;
  readonly observation: Versioned<TaskObservation> | undefined;
  readonly final: TaskObservation;
  /** True when it ended by its own fault, so that its slot backs off. */
  readonly failed: boolean;
}

/**
 * The writes that end tasks: both halves become final and expire later, and the slots are free.
 * The caller adds the reservation's release to the same transaction.
 */
export function settleStopped(
  deps: Pick<Dependencies, 'clock' | 'timings'>,
  stopped: readonly StoppedTask[],
  chunks: SlotChunkEdit,
): readonly Write[] {
  const now = deps.clock.now();
  for (const { task, final, failed } of stopped) {
    const end = { at: now, failed, ...(final.startedAt === undefined ? {} : { startedAt: final.startedAt }) };
    chunks.change(task.value, (chunk, index, epoch) => freeSlot(chunk, index, epoch, end, deps.timings));
  }
  return stopped.flatMap(({ task, observation, final }) => {
    const { unplaced: _unplaced, ...value } = task.value;
    const id = { cluster: value.cluster, taskId: value.taskId };
    // A client token must be remembered through the task that carries it (rule R15).
    const tokenUntil = value.clientToken === undefined ? 0 : value.createdAt + deps.timings.tokenRetention;
    const expiresAt = Math.max(now + deps.timings.stoppedRetention, tokenUntil);
    const stop = value.stop ?? final.stop;
    const ended: Task = { ...value, desiredStatus: 'STOPPED', ...(stop ? { stop } : {}) };
    // Its slot may start again then; the sweep would find it too, later (rule R16).
    const wake = ownerOfTaskWake(value, chunks.slot(value.slot)?.notBefore);
    return [
      put(tasks, id, ended, task.version, { expiresAt }),
      put(observations, id, final, observation?.version ?? 'absent', { expiresAt, ...wake }),
    ];
  });
}

/** The last observation of a task that never had a machine. */
export const neverRan = (task: Task, stop: StopRequest): TaskObservation => ({
  taskId: task.taskId,
  epoch: task.epoch,
  status: 'STOPPED',
  containers: [],
  stoppedAt: stop.at,
  stop,
  updates: 1,
});
