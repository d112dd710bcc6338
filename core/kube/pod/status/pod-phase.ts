import type { JsonObject } from '../../../json.ts';
import type { Task, TaskObservation } from '../../../model/task.ts';
import { objectAt } from '../../object.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

const ORDER: Readonly<Record<PodPhase, number>> = { Pending: 0, Running: 1, Succeeded: 2, Failed: 2 };

export const isOver = (phase: unknown): boolean => phase === 'Succeeded' || phase === 'Failed';

/** Invariant: a phase never moves back, and one that is over stays as it ended. */
export function forwardPhase(before: unknown, after: PodPhase): PodPhase {
  const known = before === 'Running' || before === 'Succeeded' || before === 'Failed' ? before : 'Pending';
  return ORDER[after] > ORDER[known] ? after : known;
}

export interface PodStanding {
  readonly phase: PodPhase;
  readonly reason?: string;
  readonly message?: string;
}

/** How far a pod is; `main` are the statuses of the containers that are no init containers. */
export function phaseOf(
  task: Task | undefined,
  observation: TaskObservation | undefined,
  main: readonly JsonObject[],
): PodStanding {
  if (observation?.status === 'STOPPED') return endOf(task, observation, main);
  return { phase: main.some(hasRun) ? 'Running' : 'Pending' };
}

const hasRun = ({ state, lastState, restartCount }: JsonObject): boolean =>
  objectAt(state)['running'] !== undefined ||
  objectAt(state)['terminated'] !== undefined ||
  objectAt(lastState)['terminated'] !== undefined ||
  Number(restartCount) > 0;

/** Reasons with which the pod's own reconciler stops its task. */
export const POD_DELETED = 'The pod was deleted.';
export const DEADLINE_EXCEEDED = 'The active deadline of the pod was exceeded.';

function endOf(task: Task | undefined, observation: TaskObservation, main: readonly JsonObject[]): PodStanding {
  const asked = task?.stop;
  const stop = asked ?? observation.stop;
  if (stop?.code === 'InfrastructureHealth') return { phase: 'Failed', reason: 'NodeLost', message: stop.reason };
  if (asked?.reason === DEADLINE_EXCEEDED)
    return { phase: 'Failed', reason: 'DeadlineExceeded', message: asked.reason };
  // Somebody else stopped it, through the ECS API for one: to the pod that is as if its node had ended it.
  const isForeign = asked?.code === 'UserInitiated' && asked.reason !== POD_DELETED;
  if (isForeign) return { phase: 'Failed', reason: 'Terminated', message: asked.reason };
  const isDone = ({ state }: JsonObject): boolean => objectAt(objectAt(state)['terminated'])['exitCode'] === 0;
  if (main.length > 0 && main.every(isDone)) return { phase: 'Succeeded' };
  return stop?.code === 'TaskFailedToStart'
    ? { phase: 'Failed', reason: 'StartError', message: stop.reason }
    : { phase: 'Failed' };
}
