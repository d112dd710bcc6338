import type { JsonObject } from '#core/json.ts';
import { type KubeObject, objectAt, timeOf } from '#core/kube/object.ts';
import { duration } from '../human-time.ts';
import { conditionOf, isCondition, listAt, numberAt, specOf, statusOf, textAt } from './common.ts';

/** A pod in one line, as `kubectl get pods` shows it. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly reason: string;
  readonly restarts: number;
  /** Epoch ms of the newest end that a start followed; 0 when there was none. */
  readonly restartedAt: number;
}

/** What the containers of a list say together. */
interface Said {
  readonly ready: number;
  readonly restarts: number;
  readonly restartedAt: number;
  /** Why not all of them run; undefined when they do. */
  readonly reason?: string;
}

export function podSummary(pod: KubeObject): PodSummary {
  const init = initSaid(pod);
  const total = listAt(specOf(pod)['containers']).length + sidecars(pod).size;
  const isPastInit = init.reason === undefined || isCondition(pod, 'Initialized');
  const main = isPastInit ? mainSaid(pod, phaseOf(pod)) : undefined;
  const reason = main?.reason ?? init.reason ?? phaseOf(pod);
  const shown = main
    ? {
        restarts: init.sidecar.restarts + main.restarts,
        restartedAt: Math.max(init.sidecar.restartedAt, main.restartedAt),
      }
    : { restarts: init.restarts, restartedAt: init.restartedAt };
  return { ready: init.ready + (main?.ready ?? 0), total, reason: goingOr(pod, reason), ...shown };
}

export const restartsText = ({ restarts, restartedAt }: PodSummary, now: number): string =>
  restarts === 0 || restartedAt === 0
    ? String(restarts)
    : `${restarts} (${duration(Math.max(0, now - restartedAt))} ago)`;

/** What the pod says of itself as a whole. */
function phaseOf(pod: KubeObject): string {
  const { phase, reason } = statusOf(pod);
  if (conditionOf(pod, 'PodScheduled')?.['reason'] === 'SchedulingGated') return 'SchedulingGated';
  return textAt(reason, textAt(phase, 'Pending'));
}

/** A deleted pod goes, unless it has ended already or its node says nothing any more. */
function goingOr(pod: KubeObject, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  const { phase, reason: why } = statusOf(pod);
  if (why === 'NodeLost') return 'Unknown';
  return phase === 'Succeeded' || phase === 'Failed' ? reason : 'Terminating';
}

/** Names of init containers that go on beside the others. */
const sidecars = (pod: KubeObject): ReadonlySet<unknown> =>
  new Set(
    listAt(specOf(pod)['initContainers'])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );

/** How it stands with the init containers: the first that has not done its part says it. */
function initSaid(pod: KubeObject): Said & { readonly sidecar: Pick<Said, 'restarts' | 'restartedAt'> } {
  const beside = sidecars(pod);
  const all = listAt(specOf(pod)['initContainers']).length;
  const said = { ready: 0, restarts: 0, restartedAt: 0 };
  const sidecar = { restarts: 0, restartedAt: 0 };
  for (const [index, status] of listAt(statusOf(pod)['initContainerStatuses']).entries()) {
    const isBeside = beside.has(status['name']);
    count(said, status);
    if (isBeside) count(sidecar, status);
    const { terminated } = stateOf(status);
    if (terminated && numberAt(terminated['exitCode']) === 0) continue;
    if (isBeside && status['started'] === true) {
      if (status['ready'] === true) said.ready += 1;
      continue;
    }
    return { ...said, sidecar, reason: initReason(status, `${index}/${all}`) };
  }
  return { ...said, sidecar };
}

function initReason(status: JsonObject, position: string): string {
  const { terminated, waiting } = stateOf(status);
  if (terminated) return `Init:${endOf(terminated)}`;
  const why = textAt(waiting?.['reason'], '');
  return `Init:${why === '' || why === 'PodInitializing' ? position : why}`;
}

/** The first container of the list that has something to say has the word. */
function mainSaid(pod: KubeObject, phase: string): Said {
  const said = { ready: 0, restarts: 0, restartedAt: 0 };
  let reason = phase;
  let isRunning = false;
  for (const status of listAt(statusOf(pod)['containerStatuses']).toReversed()) {
    count(said, status);
    const { waiting, terminated, running } = stateOf(status);
    const why = textAt(waiting?.['reason'], '');
    if (why !== '') reason = why;
    else if (terminated) reason = endOf(terminated);
    else if (status['ready'] === true && running) {
      isRunning = true;
      said.ready += 1;
    }
  }
  if (reason === 'Completed' && isRunning) reason = isCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  return { ...said, reason };
}

function stateOf(status: JsonObject): { readonly [name in 'waiting' | 'running' | 'terminated']?: JsonObject } {
  const state = objectAt(status['state']);
  const member = (name: string): JsonObject | undefined => {
    const value = state[name];
    return value === undefined || value === null ? undefined : objectAt(value);
  };
  const [waiting, running, terminated] = ['waiting', 'running', 'terminated'].map(member);
  return { ...(waiting && { waiting }), ...(running && { running }), ...(terminated && { terminated }) };
}

function endOf({ reason, signal, exitCode }: JsonObject): string {
  const why = textAt(reason, '');
  if (why !== '') return why;
  return numberAt(signal) === 0 ? `ExitCode:${numberAt(exitCode)}` : `Signal:${numberAt(signal)}`;
}

/** Adds a container's restarts, and when its last run ended. */
function count(said: { restarts: number; restartedAt: number }, status: JsonObject): void {
  said.restarts += numberAt(status['restartCount']);
  const ended = timeOf(objectAt(objectAt(status['lastState'])['terminated'])['finishedAt']);
  if (ended > said.restartedAt) said.restartedAt = ended;
}
