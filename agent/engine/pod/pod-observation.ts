import type { PodContainerObservation } from '#core/model/pod.ts';
import type { ContainerState, TaskState } from '../task-state.ts';
import { inTurn, isUp, memberOf, membersOf, type PodMember } from './pod-container-state.ts';

/** What is told of a pod's container; undefined for a container of ECS. */
export function podObservation(container: ContainerState, state: TaskState): PodContainerObservation | undefined {
  if (!container.definition.pod) return undefined;
  const member = memberOf(container);
  const { pod } = member;
  // One that waited for its next run when the pod ended has ended as its last run did.
  const terminated = pod.terminated ?? (state.finished ? pod.last : undefined);
  return {
    ready: isReady(member),
    started: isUp(member),
    restartCount: pod.restarts,
    ...(container.startedAt === undefined ? {} : { startedAt: container.startedAt }),
    ...(container.phase === 'running' || terminated ? {} : { waiting: pod.waiting ?? onItsWay(member, state) }),
    ...(terminated ? { terminated } : {}),
    ...(pod.last ? { last: pod.last } : {}),
  };
}

function isReady(member: PodMember): boolean {
  const { wanted, pod } = member;
  if (wanted.role === 'init') return pod.passed === true;
  return isUp(member) && (wanted.readinessProbe === undefined || pod.probes?.readiness?.status === 'HEALTHY');
}

const onItsWay = ({ name }: PodMember, state: TaskState): { readonly reason: string } => ({
  reason: inTurn(membersOf(state)).some((other) => other.name === name) ? 'ContainerCreating' : 'PodInitializing',
});
