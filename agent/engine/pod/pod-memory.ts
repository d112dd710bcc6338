import type { ContainerState } from '../task-state.ts';
import { NEVER_RUN, type PodContainerState } from './pod-container-state.ts';

/**
 * Whether a restarted agent would go on otherwise if it did not know this of a pod's container. What its probes count is
 * left out, only what they have concluded is kept: they ask every few seconds.
 */
export function isOtherMemory(before: ContainerState | undefined, after: ContainerState): boolean {
  const was = before?.pod ?? NEVER_RUN;
  const is = after.pod ?? NEVER_RUN;
  return before?.phase !== after.phase || KEPT.some((member) => was[member] !== is[member]) || isOtherVerdict(was, is);
}

const KEPT = [
  'run',
  'restarts',
  'crashes',
  'failures',
  'retryAt',
  'passed',
  'hooked',
  'ending',
  'terminated',
] as const satisfies readonly (keyof PodContainerState)[];

const isOtherVerdict = ({ probes: before }: PodContainerState, { probes: after }: PodContainerState): boolean =>
  (['startup', 'liveness', 'readiness'] as const).some((kind) => before?.[kind]?.status !== after?.[kind]?.status);
