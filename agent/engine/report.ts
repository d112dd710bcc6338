import type { ContainerObservation, HealthStatus, ObservedStatus } from '#core/model/task.ts';
import { taskHealth } from '#core/task/task-health.ts';
import type { TaskReport } from '#events/agent-wire.ts';
import { podObservation } from './pod/pod-observation.ts';
import { type ContainerState, isEssential, type TaskState } from './task-state.ts';

/** Invariant: moves right only, because `startedAt` and `finished` are never taken back. */
export function statusOf(state: TaskState): ObservedStatus {
  if (state.finished) return 'STOPPED';
  return state.startedAt === undefined ? 'PENDING' : 'RUNNING';
}

export function reportOf(state: TaskState): TaskReport {
  const { pullStartedAt, pullStoppedAt, startedAt, stoppingAt, stoppedAt, stop } = state;
  const healthStatus = healthOfTask(state);
  return {
    taskId: state.taskId,
    epoch: state.epoch,
    status: statusOf(state),
    containers: state.containers.map((container) => observationOf(container, state)),
    ...(state.address === undefined ? {} : { address: state.address }),
    ...(healthStatus === undefined ? {} : { healthStatus }),
    ...(pullStartedAt === undefined ? {} : { pullStartedAt }),
    ...(pullStoppedAt === undefined ? {} : { pullStoppedAt }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppingAt === undefined ? {} : { stoppingAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function observationOf(container: ContainerState, state: TaskState): ContainerObservation {
  const { definition, phase, seen } = container;
  const healthStatus = healthOf(container, state);
  const over = state.finished || phase === 'exited' || phase === 'gone';
  const status = over ? 'STOPPED' : phase === 'running' ? 'RUNNING' : 'PENDING';
  const pod = podObservation(container, state);
  return {
    name: definition.name,
    status,
    ...seen,
    ...(healthStatus === undefined ? {} : { healthStatus }),
    ...(pod === undefined ? {} : { pod }),
  };
}

function healthOfTask(state: TaskState): HealthStatus | undefined {
  const checked = state.containers.filter((container) => isEssential(container) && container.definition.healthCheck);
  const known = checked.flatMap((container) => healthOf(container, state) ?? []);
  return known.length < checked.length ? undefined : taskHealth(known);
}

/**
 * Undefined when nothing checks the container: then nothing about health is said at all. An agent that has forgotten what
 * the check said before is silent until it has asked again, so that what it said last stays, as on ECS.
 */
function healthOf({ definition, probe }: ContainerState, { rebuilt }: TaskState): HealthStatus | undefined {
  if (!definition.healthCheck) return undefined;
  return probe?.status ?? (rebuilt ? undefined : 'UNKNOWN');
}
