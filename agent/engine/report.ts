import type { ContainerObservation, ObservedStatus } from '#core/model/task.ts';
import type { TaskReport } from '#events/agent-wire.ts';
import type { ContainerState, TaskState } from './task-state.ts';

/** Invariant: moves right only, because `startedAt` and `finished` are never taken back. */
export function statusOf(state: TaskState): ObservedStatus {
  if (state.finished) return 'STOPPED';
  return state.startedAt === undefined ? 'PENDING' : 'RUNNING';
}

export function reportOf(state: TaskState): TaskReport {
  const { pullStartedAt, pullStoppedAt, startedAt, stoppingAt, stoppedAt, stop } = state;
  return {
    taskId: state.taskId,
    epoch: state.epoch,
    status: statusOf(state),
    containers: state.containers.map((container) => observationOf(container, state.finished)),
    ...(pullStartedAt === undefined ? {} : { pullStartedAt }),
    ...(pullStoppedAt === undefined ? {} : { pullStoppedAt }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppingAt === undefined ? {} : { stoppingAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function observationOf({ definition, phase, seen }: ContainerState, finished: boolean): ContainerObservation {
  const over = finished || phase === 'exited' || phase === 'gone';
  const status = over ? 'STOPPED' : phase === 'running' ? 'RUNNING' : 'PENDING';
  return { name: definition.name, status, ...seen };
}
