import type { TaskSpec } from '#events/agent-wire.ts';
import { newTaskState, type TaskState } from './task-state.ts';

/** A task this agent will not start: it goes straight to STOPPED, so that the control plane learns and moves on. */
export function refusedTask(spec: TaskSpec, reason: string | undefined, now: number): TaskState {
  return {
    ...newTaskState(spec),
    ...(reason === undefined ? { desired: 'STOPPED' } : { stop: { code: 'TaskFailedToStart', reason, at: now } }),
    finished: true,
    stoppingAt: now,
    stoppedAt: now,
  };
}
