import type { ContainerInfo } from '../runtime/port.ts';
import type { RuntimeFault } from '../runtime/runtime-fault.ts';
import { beginStop } from './begin-stop.ts';
import { firstBlocked } from './dependencies.ts';
import { observePodContainer, settlePod } from './pod/observe-pod.ts';
import { type Probe, probed } from './probe.ts';
import { restarts } from './restart.ts';
import { type ContainerState, isEssential, isStopping, type TaskState, withContainer } from './task-state.ts';

const GONE = 'the container was removed outside of Berth';
/** ECS's words for a task that waits for what never comes. */
const NOT_STARTED = 'Task failed to start';
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/**
 * Folds what the runtime says about one container into the task; `info` undefined means it has no such container. Of a
 * pod's container that ended, `words` are the last ones it left behind.
 */
export function observeContainer(
  state: TaskState,
  name: string,
  info: ContainerInfo | undefined,
  now: number,
  words?: string,
): TaskState {
  if (state.pod) return observePodContainer(state, name, info, words, now);
  return settle(
    withContainer(state, name, (container) => {
      if (!info) return absent(container);
      const seen = present(container, info, now);
      const isAgain = seen.phase === 'exited' && !isStopping(state) && restarts(seen, info.exitCode, now);
      return isAgain ? { ...seen, phase: 'restarting' } : seen;
    }),
    now,
  );
}

/** Takes in one answer of a container's health check. */
export function observeProbe(state: TaskState, name: string, probe: Probe, passed: boolean, now: number): TaskState {
  return settle(
    withContainer(state, name, (container) => ({
      ...container,
      probe: probed(container.probe, probe, passed, now - (container.startedAt ?? now)),
    })),
    now,
  );
}

/** The containers are as the runtime says; draws the conclusions for the task. */
export function settle(state: TaskState, now: number): TaskState {
  if (state.pod) return settlePod(state, now);
  if (state.finished) return state;
  const started = markStarted(state, now);
  if (isStopping(started)) return started;
  const over = started.containers.filter(({ phase }) => phase === 'exited' || phase === 'gone');
  if (!over.some(isEssential) && over.length < started.containers.length) return giveUpBlocked(started, now);
  return beginStop(started, 'EssentialContainerExited', 'Essential container in task exited', now);
}

/** A container that can never start ends its task when it is essential, as on ECS; the task goes on without another. */
function giveUpBlocked(state: TaskState, now: number): TaskState {
  if (!state.begun) return state;
  const blocked = firstBlocked(state, now);
  if (!blocked) return state;
  const { container, why } = blocked;
  const marked = withContainer(state, container.definition.name, (before) => ({
    ...before,
    ...(isEssential(before) ? {} : { phase: 'gone' }),
    seen: { ...before.seen, reason: `not started: ${why}` },
  }));
  return isEssential(container) ? beginStop(marked, 'TaskFailedToStart', NOT_STARTED, now) : settle(marked, now);
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

function markStarted(state: TaskState, now: number): TaskState {
  const waiting = state.containers.some(({ phase }) => !['running', 'restarting', 'exited', 'gone'].includes(phase));
  return waiting || isStopping(state) || state.startedAt !== undefined ? state : { ...state, startedAt: now };
}

function present(container: ContainerState, info: ContainerInfo, now: number): ContainerState {
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
  const isFirstSeen = info.state === 'running' && !over && container.startedAt === undefined;
  return {
    ...container,
    phase: over ? container.phase : info.state,
    seen,
    ...(isFirstSeen ? { startedAt: now } : {}),
  };
}

function absent(container: ContainerState): ContainerState {
  if (container.phase === 'none' || container.phase === 'gone' || container.phase === 'exited') return container;
  return { ...container, phase: 'gone', seen: { ...container.seen, reason: GONE } };
}
