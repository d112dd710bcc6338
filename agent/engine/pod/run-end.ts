import type { ContainerTermination } from '#core/model/pod.ts';
import { type ContainerState, isStopping, type TaskState } from '../task-state.ts';
import { afterRun } from './back-off.ts';
import { memberOf, type PodMember } from './pod-container-state.ts';

/** One run of a container is over: it is over for good, or the next run waits for its time. */
export function endRun(
  state: TaskState,
  container: ContainerState,
  ended: ContainerTermination,
  now: number,
): ContainerState {
  const member = memberOf(container);
  const { pod } = member;
  const { failed: _failed, ending: _ending, waiting: _waiting, retryAt: _retryAt, ...kept } = pod;
  const seen = { ...container.seen, exitCode: ended.exitCode };
  if (isStopping(state) || state.rebuilt || !startsAgain(member, ended)) {
    const passed = member.wanted.role === 'init' && isWell(member, ended);
    return { ...container, phase: 'exited', seen, pod: { ...kept, terminated: ended, ...(passed ? { passed } : {}) } };
  }
  const { crashes, delay } = afterRun(pod.crashes, ended.finishedAt - (ended.startedAt ?? ended.finishedAt));
  const { hooked: _hooked, probes: _probes, ...next } = kept;
  return {
    definition: container.definition,
    phase: 'none',
    seen: {},
    pod: {
      ...next,
      run: pod.run + 1,
      crashes,
      last: ended,
      ...(delay > 0 ? { retryAt: now + delay, waiting: crashLoop(state, member, delay) } : {}),
    },
  };
}

/** A run that the machine itself ended did not end well, whatever it exited with. */
const isWell = ({ pod }: PodMember, { exitCode }: ContainerTermination): boolean => exitCode === 0 && !pod.ending;

function startsAgain(member: PodMember, ended: ContainerTermination): boolean {
  const { role, restartPolicy } = member.wanted;
  if (role === 'sidecar') return true;
  if (restartPolicy === 'Never') return false;
  return !isWell(member, ended) || (role === 'main' && restartPolicy === 'Always');
}

const crashLoop = ({ pod, taskId }: TaskState, { name }: PodMember, delay: number) => ({
  reason: 'CrashLoopBackOff',
  message: `back-off ${delay / 1_000}s before container ${name} of pod ${pod ? `${pod.namespace}/${pod.name}` : taskId} starts again`,
});
