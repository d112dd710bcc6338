import type { ContainerProbe } from '#core/model/pod.ts';
import { runtimeName } from '../container-spec.ts';
import { podProbe } from '../probe.ts';
import type { ProbeTarget } from '../prober.ts';
import type { TaskState } from '../task-state.ts';
import type { HookTarget } from './hook-runner.ts';
import { hasStartedUp, isHooked, membersOf, type PodMember, type PodProbeKind } from './pod-container-state.ts';

/** The probes to ask now: the startup probe alone until it has passed, and none of a run that is being ended. */
export const podProbeTargets = (state: TaskState, now: number): readonly ProbeTarget[] =>
  running(state).flatMap(({ member, startedAt, name }) => {
    if (!isHooked(member)) return [];
    const kinds: readonly PodProbeKind[] = hasStartedUp(member) ? ['liveness', 'readiness'] : ['startup'];
    return kinds.flatMap((kind) => {
      const probe = member.wanted[`${kind}Probe`];
      return probe ? [{ container: member.name, name, startedAt, kind, ...timed(probe, startedAt, now) }] : [];
    });
  });

const timed = (probe: ContainerProbe, startedAt: number, now: number): Pick<ProbeTarget, 'first' | 'probe'> => ({
  first: Math.max(0, startedAt + probe.initialDelaySeconds * 1_000 - now),
  probe: podProbe(probe),
});

/** The runs whose postStart hook has not ended well yet. */
export const hookTargets = (state: TaskState): readonly HookTarget[] =>
  running(state).flatMap(({ member, startedAt, name }) => {
    const { postStart } = member.wanted;
    return postStart && !isHooked(member) ? [{ container: member.name, name, startedAt, hook: postStart }] : [];
  });

/** When the first of those that wait may be tried again. */
export function podWaitEnds(state: TaskState): number | undefined {
  const ends = membersOf(state).flatMap(({ pod }) => (pod.retryAt === undefined ? [] : [pod.retryAt]));
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

const running = (
  state: TaskState,
): readonly { readonly member: PodMember; readonly startedAt: number; readonly name: string }[] =>
  membersOf(state).flatMap((member) => {
    const { container, pod } = member;
    if (container.phase !== 'running' || container.startedAt === undefined || pod.ending) return [];
    return [{ member, startedAt: container.startedAt, name: runtimeName(state, container) }];
  });
