import { LOST_CONTACT } from '../fence.ts';
import type { ContainerInfo } from '../runtime/port.ts';
import { beginStop, settle } from './observe.ts';
import type { TaskState } from './task-state.ts';

const RESTARTED = 'ResourceInitializationError: the agent restarted while the task was starting';

/**
 * A task from disk meets the containers that are really there.
 * Invariant: a task that had begun creates nothing again, because a missing container may have run (rule R8).
 */
export function reconcileStored(state: TaskState, now: number): TaskState {
  if (!state.begun || state.finished) return state;
  const lost = state.containers.some(({ phase }) => phase === 'none');
  return lost ? beginStop(state, 'TaskFailedToStart', RESTARTED, now) : settle(state, now);
}

/** Invariant: a fenced task that ran under a lease that is over ends, before anything else is concluded of it. */
export function endIfFenced(state: TaskState, isOver: boolean, now: number): TaskState {
  if (!state.fenced || !isOver || state.finished) return state;
  return beginStop(state, 'InfrastructureHealth', LOST_CONTACT, now);
}

/**
 * A task known only from its containers' labels: the disk state was lost or belongs to an older life.
 * `isOver` says that the lease it ran under has ended.
 */
export function rebuildFromLabels(
  infos: readonly ContainerInfo[],
  isOver: boolean,
  now: number,
): TaskState | undefined {
  const first = infos[0]?.labels;
  if (!first) return undefined;
  const found: TaskState = {
    taskId: first.task,
    epoch: first.epoch,
    cluster: first.cluster,
    group: first.group,
    ...(first.fenced ? { fenced: true } : {}),
    rebuilt: true,
    networkMode: 'bridge',
    containers: infos.map(({ labels }) => ({
      definition: {
        name: labels.container,
        image: '',
        essential: labels.essential,
        stopTimeout: labels.stopTimeout,
        ...labels.upkeep,
      },
      phase: 'created',
      seen: {},
    })),
    desired: 'RUNNING',
    pulled: true,
    begun: true,
    finished: false,
    released: false,
  };
  const state = endIfFenced(found, isOver, now);
  const incomplete = infos.length < first.count || infos.some((info) => info.state === 'created');
  return incomplete ? beginStop(state, 'TaskFailedToStart', RESTARTED, now) : state;
}
