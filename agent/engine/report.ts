import type { ContainerObservation, HealthStatus, ObservedStatus } from '#core/model/task.ts';
import { taskHealth } from '#core/task/task-health.ts';
import type { TaskReport } from '#events/agent-wire.ts';
import { type ContainerState, isEssential, type TaskState } from './task-state.ts';

/** Invariant: moves right only, because `startedAt` and `finished` are never taken back. */
export function statusOf(state: TaskState): ObservedStatus {
  if (state.finished) return 'STOPPED';
  return state.startedAt === undefined ? 'PENDING' : 'RUNNING';
}

export function reportOf(state: TaskState): TaskReport {
  const { pullStartedAt, pullStoppedAt, startedAt, stoppingAt, stoppedAt, stop } = state;
  const healthStatus = taskHealth(
    state.containers.map((container) => ({ essential: isEssential(container), healthStatus: healthOf(container) })),
  );
  return {
    taskId: state.taskId,
    epoch: state.epoch,
    status: statusOf(state),
    containers: state.containers.map((container) => observationOf(container, state.finished)),
    ...(healthStatus === undefined ? {} : { healthStatus }),
    ...(pullStartedAt === undefined ? {} : { pullStartedAt }),
    ...(pullStoppedAt === undefined ? {} : { pullStoppedAt }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppingAt === undefined ? {} : { stoppingAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function observationOf(container: ContainerState, finished: boolean): ContainerObservation {
  const { definition, phase, seen } = container;
  const healthStatus = healthOf(container);
  const over = finished || phase === 'exited' || phase === 'gone';
  const status = over ? 'STOPPED' : phase === 'running' ? 'RUNNING' : 'PENDING';
  return { name: definition.name, status, ...seen, ...(healthStatus === undefined ? {} : { healthStatus }) };
}

/** Undefined when nothing checks the container: then nothing about health is said at all. */
const healthOf = ({ definition, probe }: ContainerState): HealthStatus | undefined =>
  definition.healthCheck && (probe?.status ?? 'UNKNOWN');
