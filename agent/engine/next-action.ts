import { leavesOf, readiness } from './dependencies.ts';
import { nextPodAction } from './pod/next-pod-action.ts';
import { type ContainerState, isStopping, type TaskState } from './task-state.ts';

/** The one thing a task's machine does next. */
export type TaskAction =
  | { readonly kind: 'pull' }
  /** Make a pod's volumes. */
  | { readonly kind: 'prepare' }
  /** Make durable that this task epoch has begun (rule R8). */
  | { readonly kind: 'begin' }
  | { readonly kind: 'create'; readonly container: string }
  | { readonly kind: 'start'; readonly container: string }
  /** Take away what is left of a run that ended, because its restart policy starts it again. */
  | { readonly kind: 'clear'; readonly container: string }
  /** Stop running containers, all at once. */
  | { readonly kind: 'stop'; readonly containers: readonly string[] }
  /** Remove containers that never ran or whose start has no known outcome. */
  | { readonly kind: 'discard'; readonly containers: readonly string[] }
  /** Nothing runs and nothing can start any more: STOPPED may be reported (rule R9). */
  | { readonly kind: 'finish' }
  /** Remove what is left and forget the task. */
  | { readonly kind: 'forget' }
  | { readonly kind: 'wait' };

/** Decides from the task's state alone. The caller performs one action at a time and asks again. */
export function nextAction(state: TaskState): TaskAction {
  if (state.pod) return nextPodAction(state);
  if (state.finished) return { kind: state.released ? 'forget' : 'wait' };
  if (isStopping(state)) return nextStop(state);
  if (!state.pulled) return { kind: 'pull' };
  if (!state.begun) return { kind: 'begin' };
  return nextStart(state) ?? { kind: 'wait' };
}

function nextStart(state: TaskState): TaskAction | undefined {
  const ended = state.containers.find(({ phase }) => phase === 'restarting');
  if (ended) return { kind: 'clear', container: ended.definition.name };
  const open = state.containers.filter(({ phase }) => phase === 'none' || phase === 'created');
  const isOrdered = state.containers.some(({ definition }) => definition.dependsOn?.length);
  // Where one waits for another all are created first: an agent that restarts meanwhile must find them there (rule R8).
  const next = (isOrdered && open.find(({ phase }) => phase === 'none')) || open.find((one) => mayGoOn(state, one));
  return next && { kind: next.phase === 'none' ? 'create' : 'start', container: next.definition.name };
}

const mayGoOn = (state: TaskState, container: ContainerState): boolean =>
  container.phase === 'none' || container.startedAt !== undefined || readiness(state, container).kind === 'ready';

function nextStop(state: TaskState): TaskAction {
  const running = state.containers.filter(({ phase }) => phase === 'running');
  if (running.length > 0) {
    // The lease leaves no time for an order.
    const chosen = state.stop?.code === 'InfrastructureHealth' ? running : leavesOf(running);
    return { kind: 'stop', containers: chosen.map(({ definition }) => definition.name) };
  }
  const startable = named(state, ({ phase }) => phase === 'created' || phase === 'uncertain');
  return startable.length > 0 ? { kind: 'discard', containers: startable } : { kind: 'finish' };
}

const named = (state: TaskState, wanted: (container: ContainerState) => boolean): readonly string[] =>
  state.containers.filter(wanted).map(({ definition }) => definition.name);
