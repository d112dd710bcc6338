import type { ContainerTermination } from '#core/model/pod.ts';
import type { ContainerInfo } from '../../runtime/port.ts';
import { beginStop } from '../begin-stop.ts';
import { type Probe, probed } from '../probe.ts';
import { type ContainerState, isStopping, type TaskState, withContainer } from '../task-state.ts';
import { retryDelay } from './back-off.ts';
import { aired } from './lingering.ts';
import { isUp, memberOf, membersOf, type PodMember, type PodProbeKind } from './pod-container-state.ts';
import { endRun } from './run-end.ts';

/** Of a container that ended while nobody looked, and left nothing behind. */
const UNKNOWN_EXIT = 137;
/** What an engine says of a program that was never run. */
const NOT_STARTED = 128;

/** Folds what the runtime says about a pod's container into its task; `words` are those it left behind. */
export function observePodContainer(
  state: TaskState,
  name: string,
  info: ContainerInfo | undefined,
  words: string | undefined,
  now: number,
): TaskState {
  const folded = withContainer(state, name, (container) => {
    if (memberOf(container).pod.terminated || (container.phase === 'none' && !info)) return container;
    if (!info) return endRun(state, container, vanished(container, now), now);
    if (info.state === 'exited')
      return endRun(state, present(container, info), exitOf(container, info, words, now), now);
    if (info.state === 'created') return { ...present(container, info), phase: 'created' };
    return running(present(container, info), now);
  });
  return settlePod(folded, now);
}

/** The runtime has started this run. */
export const startedRun = (state: TaskState, name: string, now: number): TaskState =>
  settlePod(
    withContainer(state, name, (container) => running(container, now)),
    now,
  );

function running(container: ContainerState, now: number): ContainerState {
  const { waiting: _waiting, retryAt: _retryAt, ...pod } = memberOf(container).pod;
  return {
    ...container,
    phase: 'running',
    startedAt: container.startedAt ?? now,
    pod: { ...pod, restarts: Math.max(pod.restarts, pod.run), failures: 0 },
  };
}

const present = (container: ContainerState, info: ContainerInfo): ContainerState => ({
  ...container,
  seen: {
    ...container.seen,
    runtimeId: info.runtimeId,
    ...(info.imageDigest === undefined ? {} : { imageDigest: info.imageDigest }),
  },
});

function exitOf(
  container: ContainerState,
  { exitCode = UNKNOWN_EXIT, oomKilled, finishedAt }: ContainerInfo,
  words: string | undefined,
  now: number,
): ContainerTermination {
  const ended = memberOf(container).pod.failed;
  if (ended) return ended;
  return {
    exitCode,
    reason: oomKilled ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
    ...(words ? { message: words } : {}),
    ...(container.startedAt === undefined ? {} : { startedAt: container.startedAt }),
    finishedAt: Math.max(finishedAt ?? now, container.startedAt ?? 0),
  };
}

/** It may have run, so it counts as a run that ended (rule R8). */
function vanished(container: ContainerState, now: number): ContainerTermination {
  const { failed } = memberOf(container).pod;
  return (
    failed ?? {
      exitCode: UNKNOWN_EXIT,
      reason: 'ContainerStatusUnknown',
      message: 'The container was not there any more when the machine looked for it',
      ...(container.startedAt === undefined ? {} : { startedAt: container.startedAt }),
      finishedAt: now,
    }
  );
}

/** A step before the run failed, and nothing of it was made: it is tried again, later each time. */
export const failStep = (state: TaskState, name: string, reason: string, message: string, now: number): TaskState =>
  withContainer(state, name, (container) => {
    const { pod } = memberOf(container);
    const failures = pod.failures + 1;
    return {
      ...container,
      pod: { ...pod, failures, retryAt: now + retryDelay(failures), waiting: { reason, message } },
    };
  });

/** The runtime could not start what it had made: a run that ended, once nothing of it can start any more (rule R9). */
export const failRun = (state: TaskState, name: string, message: string, now: number): TaskState =>
  withContainer(state, name, (container) => ({
    ...container,
    phase: 'uncertain',
    pod: {
      ...memberOf(container).pod,
      waiting: { reason: 'RunContainerError', message },
      failed: { exitCode: NOT_STARTED, reason: 'StartError', message, startedAt: now, finishedAt: now },
    },
  }));

/** What had no known outcome is gone for sure. */
export const discardedRun = (state: TaskState, name: string, now: number): TaskState =>
  settlePod(
    withContainer(state, name, (container) => {
      const { pod } = memberOf(container);
      return pod.failed ? endRun(state, container, pod.failed, now) : { ...container, phase: 'none' };
    }),
    now,
  );

/** Takes in one answer of a probe. */
export function observePodProbe(
  state: TaskState,
  name: string,
  kind: PodProbeKind,
  probe: Probe,
  passed: boolean,
  now: number,
): TaskState {
  const folded = withContainer(state, name, (container) => {
    const { pod, wanted } = memberOf(container);
    const after = probed(pod.probes?.[kind], probe, passed, now - (container.startedAt ?? now));
    const probes = { ...pod.probes, [kind]: after };
    const isOver = kind !== 'readiness' && after.status === 'UNHEALTHY' && !pod.ending;
    const grace = wanted[`${kind}Probe`]?.terminationGracePeriodSeconds ?? graceOf(state);
    const ending = isOver ? { ending: { grace, why: `its ${kind} probe failed` } } : {};
    return { ...container, pod: { ...pod, probes, ...ending } };
  });
  return settlePod(folded, now);
}

/** The postStart hook of a run has ended; `failure` says how badly. */
export const hookEnded = (state: TaskState, name: string, failure: string | undefined, now: number): TaskState =>
  settlePod(
    withContainer(state, name, (container) => {
      const { pod } = memberOf(container);
      if (failure === undefined) return { ...container, pod: { ...pod, hooked: true } };
      return { ...container, pod: { ...pod, ending: { grace: graceOf(state), why: `its postStart hook ${failure}` } } };
    }),
    now,
  );

const graceOf = ({ pod }: TaskState): number => pod?.terminationGracePeriodSeconds ?? 30;

/** The containers are as the runtime says; draws the conclusions for the pod. */
export function settlePod(state: TaskState, now: number): TaskState {
  if (state.finished) return aired(state, now);
  const containers = membersOf(state).map((member) => passOn(due(member, now)));
  const started = markStarted({ ...state, containers }, now);
  if (isStopping(started)) return started;
  const members = membersOf(started);
  const failed = members.find(({ wanted, pod }) => wanted.role === 'init' && pod.terminated && !pod.passed);
  if (failed) {
    const reason = `Init container '${failed.name}' ended with ${failed.pod.terminated?.exitCode}`;
    return beginStop(started, 'EssentialContainerExited', reason, now);
  }
  const isOver = members.every(({ wanted, pod }) => wanted.role !== 'main' || pod.terminated);
  return isOver ? beginStop(started, 'EssentialContainerExited', 'Every container of the pod has ended', now) : started;
}

/** A wait that is over keeps nothing back; what it was for stays to be read until the next step. */
function due(member: PodMember, now: number): PodMember {
  const { retryAt, ...pod } = member.pod;
  if (retryAt === undefined || retryAt > now) return member;
  return { ...member, pod, container: { ...member.container, pod } };
}

function passOn(member: PodMember): ContainerState {
  const { container, wanted, pod } = member;
  const isFirstUp = wanted.role === 'sidecar' && !pod.passed && isUp(member);
  return isFirstUp ? { ...container, pod: { ...pod, passed: true } } : container;
}

function markStarted(state: TaskState, now: number): TaskState {
  const hasBegun = ({ wanted, pod, container }: PodMember): boolean =>
    wanted.role === 'main' && (pod.run > 0 || container.phase === 'running' || pod.terminated !== undefined);
  if (state.startedAt !== undefined || isStopping(state) || !membersOf(state).some(hasBegun)) return state;
  return { ...state, startedAt: now };
}
