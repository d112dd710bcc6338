import type { TrafficShift } from '../model/rollout.ts';
import type { Deployment, DeploymentSpec, Service } from '../model/service.ts';
import { advanceShift, type ShiftConditions, withShare } from './advance-shift.ts';
import { answered, hookRefusal } from './lifecycle-hooks.ts';
import { rollbackTarget } from './rollback.ts';

export interface ShiftVerdict {
  readonly shift: TrafficShift;
  /** Present when the deployment has failed. */
  readonly failure?: string;
  /** Where a failed deployment goes back to. */
  readonly rollback?: DeploymentSpec;
}

/**
 * How far the shift may go now. `judged` is what the circuit breaker and StopServiceDeployment say of the deployment.
 * Invariant: a deployment that is taken back fails only when its source has all of the traffic again, because from then on its
 * tasks are stopped.
 */
export function judgeShift(
  service: Service,
  before: TrafficShift,
  judged: Deployment,
  source: DeploymentSpec | undefined,
  conditions: ShiftConditions,
): ShiftVerdict {
  const { now } = conditions;
  const shift: TrafficShift = before.traffic.applied
    ? before
    : { ...before, stageSince: now, traffic: { ...before.traffic, applied: true } };
  if (shift.takenBack !== undefined) {
    return { shift, failure: shift.takenBack, ...(source ? { rollback: source } : {}) };
  }
  const hooks = answered(shift.hooks, service.hookAnswers ?? [], now);
  const looked = hooks === shift.hooks ? shift : { ...shift, hooks };
  // Nothing is left to go back to once the source is being stopped.
  if (looked.stage === 'CLEAN_UP') return { shift: looked };
  const refusal = hookRefusal(hooks, looked.stage);
  const failure = judged.rolloutState === 'FAILED' ? (judged.failure ?? 'failed') : refusal;
  if (failure === undefined) return { shift: advanceShift(looked, conditions) };
  const target = refusal === undefined ? rollbackTarget(service, judged, source) : source;
  if (!target) return { shift: looked, failure };
  return { shift: { ...withShare(looked, 0, 0), takenBack: failure } };
}
