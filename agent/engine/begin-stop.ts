import type { StopCode } from '#core/model/task.ts';
import { isStopping, type TaskState } from './task-state.ts';

/** Invariant: the first reason to stop stays. */
export function beginStop(state: TaskState, code: StopCode, reason: string, now: number): TaskState {
  return isStopping(state) ? state : { ...state, stop: { code, reason, at: now }, stoppingAt: now };
}
