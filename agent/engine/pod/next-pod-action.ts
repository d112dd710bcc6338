import type { TaskAction } from '../next-action.ts';
import { isStopping, type TaskState } from '../task-state.ts';
import { lingers } from './lingering.ts';
import { inTurn, membersOf, type PodMember } from './pod-container-state.ts';

/** What the machine of a pod does next; it asks again after each step. */
export function nextPodAction(state: TaskState): TaskAction {
  if (state.finished) return { kind: state.released && !lingers(state) ? 'forget' : 'wait' };
  const members = membersOf(state);
  if (isStopping(state)) return nextStop(state, members);
  if (!state.prepared) return { kind: 'prepare' };
  if (!state.begun) return { kind: 'begin' };
  return nextRun(members);
}

function nextRun(members: readonly PodMember[]): TaskAction {
  // Rule R9: nothing else of a container happens while a start of it may still take effect.
  const doubtful = members.filter(({ container }) => container.phase === 'uncertain');
  if (doubtful.length > 0) return { kind: 'discard', containers: names(doubtful) };
  const ending = members.filter(({ container, pod }) => container.phase === 'running' && pod.ending);
  if (ending.length > 0) return { kind: 'stop', containers: names(ending) };
  const next = inTurn(members).find(
    ({ container: { phase }, pod }) => (phase === 'none' || phase === 'created') && pod.retryAt === undefined,
  );
  if (!next) return { kind: 'wait' };
  return { kind: next.container.phase === 'none' ? 'create' : 'start', container: next.name };
}

/** Sidecars serve the others to the end, so they go last, in the reverse order of their start. */
function nextStop(state: TaskState, members: readonly PodMember[]): TaskAction {
  const running = members.filter(({ container }) => container.phase === 'running');
  const others = running.filter(({ wanted }) => wanted.role !== 'sidecar');
  // The lease leaves no time for an order.
  if (state.stop?.code === 'InfrastructureHealth' && running.length > 0) {
    return { kind: 'stop', containers: names(running) };
  }
  if (others.length > 0) return { kind: 'stop', containers: names(others) };
  if (running.length > 0) return { kind: 'stop', containers: names(running.slice(-1)) };
  const startable = members.filter(({ container: { phase } }) => phase === 'created' || phase === 'uncertain');
  return startable.length > 0 ? { kind: 'discard', containers: names(startable) } : { kind: 'finish' };
}

const names = (members: readonly PodMember[]): readonly string[] => members.map(({ name }) => name);
