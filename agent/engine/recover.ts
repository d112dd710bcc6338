import { LOST_CONTACT } from '../fence.ts';
import type { ContainerInfo, ContainerLabels } from '../runtime/port.ts';
import { beginStop } from './begin-stop.ts';
import { settle } from './observe.ts';
import { NEVER_RUN } from './pod/pod-container-state.ts';
import type { ContainerState, TaskState } from './task-state.ts';

const RESTARTED = 'ResourceInitializationError: the agent restarted while the task was starting';

/**
 * A task from disk meets the containers that are really there.
 * Invariant: a task that had begun creates nothing again, because a missing container may have run (rule R8). A pod does,
 * for it keeps book of each run of a container before it is created.
 */
export function reconcileStored(state: TaskState, now: number): TaskState {
  if (!state.begun || state.finished || state.pod) return state;
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
  const newest = infos.filter((info) => infos.every((other) => !isLaterRun(other, info)));
  const first = newest[0]?.labels;
  if (!first) return undefined;
  const found: TaskState = {
    taskId: first.task,
    epoch: first.epoch,
    cluster: first.cluster,
    group: first.group,
    ...(first.fenced ? { fenced: true } : {}),
    rebuilt: true,
    networkMode: 'bridge',
    containers: newest.map(({ labels }) => containerOf(labels)),
    ...(first.pod ? { pod: { ...first.pod.pod, volumes: [] }, prepared: true } : {}),
    desired: 'RUNNING',
    pulled: true,
    begun: true,
    finished: false,
    released: false,
  };
  const state = endIfFenced(found, isOver, now);
  const incomplete = newest.length < first.count || newest.some((info) => info.state === 'created');
  return incomplete ? beginStop(state, 'TaskFailedToStart', RESTARTED, now) : state;
}

function containerOf({ container: name, essential, stopTimeout, upkeep, pod }: ContainerLabels): ContainerState {
  const definition = { name, image: '', essential, stopTimeout, ...upkeep };
  if (!pod) return { definition, phase: 'created', seen: {} };
  // What another run would need is not known, so that there is none; what the probes said before is asked anew.
  const hooked = pod.container.postStart ? { hooked: true as const } : {};
  return {
    definition: { ...definition, pod: { ...pod.container, mounts: [], environmentFrom: [] } },
    // Until the machine has looked: a listing does not know how a container ended.
    phase: 'running',
    seen: {},
    pod: { ...NEVER_RUN, run: pod.run, restarts: pod.run, ...hooked },
  };
}

const isLaterRun = ({ labels }: ContainerInfo, { labels: other }: ContainerInfo): boolean =>
  labels.container === other.container && (labels.pod?.run ?? 0) > (other.pod?.run ?? 0);
