import { assertNever } from '../assert-never.ts';
import type { StopCause, StopRequest, Task, TaskObservation } from '../model/task.ts';
import type { HistoryEntry } from './history-entry.ts';

/** Both halves of a task, and the task that had its slot before it when one did. */
export interface TaskPast {
  readonly task: Task;
  readonly observation: TaskObservation | undefined;
  readonly predecessor?: { readonly taskId: string; readonly past?: TaskPast };
}

/** How a task began and, when it has, how it ended. */
export function taskHistory(past: TaskPast): readonly HistoryEntry[] {
  const { task, observation } = past;
  const head = {
    task: task.taskId,
    ...(task.slot ? { deployment: task.slot.deployment } : {}),
    ...(task.assignment ? { instanceId: task.assignment.instanceId } : {}),
  };
  const started: HistoryEntry = { ...head, at: task.createdAt, kind: 'task-started', ...startOf(past) };
  const stop = task.stop ?? observation?.stop;
  if (!stop) return [started];
  return [started, { ...head, at: stop.at, kind: 'task-stopped', ...stopOf(past, stop) }];
}

type Why = Pick<HistoryEntry, 'cause' | 'because' | 'replaces'>;

function startOf({ task, predecessor }: TaskPast): Why {
  const { cause, slot, startedBy } = task;
  if (!slot) return { cause: 'user', because: `started by ${startedBy ?? 'a user'}` };
  switch (cause) {
    case 'deployment':
      return { cause, because: `deployment ${slot.deployment} rolls out` };
    case 'scale-out':
      return { cause, because: 'the service was asked for more tasks' };
    case 'drain':
      return { cause, because: 'a container instance drains and its tasks move' };
    case 'rebalance':
      return { cause, because: 'the tasks of the service are spread evenly over zones' };
    case 'replacement':
      return predecessor
        ? { cause, because: replacing(predecessor), replaces: predecessor.taskId }
        : { cause, because: 'a task of the service is stopping' };
    case undefined:
      return { cause: 'scheduler', because: 'the service wanted it' };
    default:
      return assertNever(cause);
  }
}

function replacing({ taskId, past }: NonNullable<TaskPast['predecessor']>): string {
  const stop = past?.task.stop ?? past?.observation?.stop;
  return `replaces task ${taskId}${stop && past ? ` (${stopOf(past, stop).because})` : ''}`;
}

function stopOf({ observation }: TaskPast, { code, reason, cause }: StopRequest): Why {
  switch (code) {
    case 'ServiceSchedulerInitiated':
      return { cause: cause ?? 'scheduler', because: SCHEDULED[cause ?? 'scheduler'](reason) };
    case 'UserInitiated':
      return { cause: 'user', because: reason };
    case 'EssentialContainerExited':
      return { cause: 'crash', because: `${reason}${exitOf(observation)}` };
    case 'TaskFailedToStart':
      return { cause: 'failed-to-start', because: reason };
    case 'InfrastructureHealth':
      return { cause: 'loss', because: reason };
    case 'SpotInterruption':
    case 'TerminationNotice':
      return { cause: 'interruption', because: reason };
    default:
      return assertNever(code);
  }
}

/** ECS says "Scaling activity initiated by" for all of these. */
const SCHEDULED: Readonly<Record<StopCause | 'scheduler', (reason: string) => string>> = {
  deployment: (reason) => `replaced by ${/ecs-svc\/\d+/.exec(reason)?.[0] ?? 'another deployment'}`,
  'scale-in': () => 'the service was asked for fewer tasks',
  drain: () => 'its container instance drains',
  deletion: () => 'the service was deleted',
  unhealthy: () => 'it failed its health checks',
  scheduler: (reason) => reason,
};

function exitOf(observation: TaskObservation | undefined): string {
  const ended = observation?.containers.filter(({ status }) => status === 'STOPPED') ?? [];
  const said = ended.flatMap(({ name, exitCode, reason }) =>
    exitCode === undefined && reason === undefined
      ? []
      : [
          `${name}${exitCode === undefined ? '' : ` exited with ${exitCode}`}${reason === undefined ? '' : `, ${reason}`}`,
        ],
  );
  return said.length === 0 ? '' : `: ${said.join('; ')}`;
}
