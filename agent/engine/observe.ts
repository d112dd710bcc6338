import type { StopCode } from '#core/model/task.ts';
import type { ContainerInfo } from '../runtime/port.ts';
import type { RuntimeFault } from '../runtime/runtime-fault.ts';
import { type ContainerState, isEssential, isStopping, type TaskState, withContainer } from './task-state.ts';

const GONE = 'the container was removed outside of Berth';
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/** Folds what the runtime says about one container into the task; `info` undefined means it has no such container. */
export function observeContainer(
  state: TaskState,
  name: string,
  info: ContainerInfo | undefined,
  now: number,
): TaskState {
  return settle(
    withContainer(state, name, (container) => (info ? present(container, info) : absent(container))),
    now,
  );
}

/** The containers are as the runtime says; draws the conclusions for the task. */
export function settle(state: TaskState, now: number): TaskState {
  if (state.finished) return state;
  const started = markStarted(state, now);
  if (isStopping(started)) return started;
  const over = started.containers.filter(({ phase }) => phase === 'exited' || phase === 'gone');
  if (!over.some(isEssential) && over.length < started.containers.length) return started;
  return beginStop(started, 'EssentialContainerExited', 'Essential container in task exited', now);
}

/** A step of the start failed; the task ends with the reason users see. */
export function failStart(state: TaskState, name: string | undefined, fault: RuntimeFault, now: number): TaskState {
  const marked =
    name === undefined
      ? state
      : withContainer(state, name, (container) => ({
          ...container,
          seen: { ...container.seen, reason: fault.reason },
        }));
  return beginStop(marked, 'TaskFailedToStart', fault.reason, now);
}

/** Invariant: the first reason to stop stays. */
export function beginStop(state: TaskState, code: StopCode, reason: string, now: number): TaskState {
  return isStopping(state) ? state : { ...state, stop: { code, reason, at: now }, stoppingAt: now };
}

function markStarted(state: TaskState, now: number): TaskState {
  const waiting = state.containers.some(({ phase }) => !['running', 'exited', 'gone'].includes(phase));
  return waiting || isStopping(state) || state.startedAt !== undefined ? state : { ...state, startedAt: now };
}

function present(container: ContainerState, info: ContainerInfo): ContainerState {
  const seen = {
    ...container.seen,
    runtimeId: info.runtimeId,
    ...(info.imageDigest === undefined ? {} : { imageDigest: info.imageDigest }),
    // An engine forgets the ports of a container that ended; the report keeps the last ones.
    ...(info.networkBindings.length === 0 ? {} : { networkBindings: info.networkBindings }),
    ...(info.exitCode === undefined ? {} : { exitCode: info.exitCode }),
    ...(info.oomKilled ? { reason: OUT_OF_MEMORY } : {}),
  };
  const over = container.phase === 'exited' || container.phase === 'gone';
  return { ...container, phase: over ? container.phase : info.state, seen };
}

function absent(container: ContainerState): ContainerState {
  if (container.phase === 'none' || container.phase === 'gone' || container.phase === 'exited') return container;
  return { ...container, phase: 'gone', seen: { ...container.seen, reason: GONE } };
}
