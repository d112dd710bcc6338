import { assertNever } from '../assert-never.ts';
import type { LifecycleStage, TrafficShift } from '../model/rollout.ts';
import { arePassed, hooksAt } from './lifecycle-hooks.ts';
import { nextShare, stepBakeMinutes } from './traffic-steps.ts';

/** What a stage may wait for. */
export interface ShiftConditions {
  readonly deployment: string;
  /** Every task the new revision should have is healthy. */
  readonly isHealthy: boolean;
  /** Nothing runs any more that belongs to neither revision. */
  readonly isReconciled: boolean;
  readonly now: number;
  readonly minute: number;
}

/**
 * Moves through the stages as far as their conditions hold, but never past a share of traffic that the router has not been
 * told yet. The shift keeps its identity while nothing moves.
 */
export function advanceShift(before: TrafficShift, conditions: ShiftConditions): TrafficShift {
  let shift = before;
  while (shift.traffic.applied) {
    const next = oneStep(shift, conditions);
    if (next === shift) return shift;
    shift = next;
  }
  return shift;
}

function oneStep(shift: TrafficShift, conditions: ShiftConditions): TrafficShift {
  const { stage, stageSince, configuration, traffic, hooks } = shift;
  const { now, minute, isHealthy } = conditions;
  const enter = (next: LifecycleStage): TrafficShift => enterStage(shift, next, conditions);
  const isPassed = arePassed(hooks);
  switch (stage) {
    case 'RECONCILE_SERVICE':
      return isPassed && conditions.isReconciled ? enter('PRE_SCALE_UP') : shift;
    case 'PRE_SCALE_UP':
      return isPassed ? enter('SCALE_UP') : shift;
    case 'SCALE_UP':
      if (!isHealthy) return shift;
      return shift.source === undefined
        ? withShare(enter('PRODUCTION_TRAFFIC_SHIFT'), 100, 100)
        : enter('POST_SCALE_UP');
    case 'POST_SCALE_UP':
      return isPassed ? withShare(enter('TEST_TRAFFIC_SHIFT'), 0, 100) : shift;
    case 'TEST_TRAFFIC_SHIFT':
      return enter('POST_TEST_TRAFFIC_SHIFT');
    case 'POST_TEST_TRAFFIC_SHIFT':
      return isPassed ? enter('PRE_PRODUCTION_TRAFFIC_SHIFT') : shift;
    case 'PRE_PRODUCTION_TRAFFIC_SHIFT': {
      // Invariant: production traffic goes only where every task is healthy.
      if (!isPassed || !isHealthy) return shift;
      return withShare(enter('PRODUCTION_TRAFFIC_SHIFT'), nextShare(configuration, traffic.production), 100);
    }
    case 'PRODUCTION_TRAFFIC_SHIFT':
      if (traffic.production === 100)
        return enter(shift.source === undefined ? 'CLEAN_UP' : 'POST_PRODUCTION_TRAFFIC_SHIFT');
      return isOver(stageSince, stepBakeMinutes(configuration)) ? enter('PRE_PRODUCTION_TRAFFIC_SHIFT') : shift;
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return isPassed ? enter('BAKE_TIME') : shift;
    case 'BAKE_TIME':
      // The source stops only beside a revision that is whole.
      return isHealthy && isOver(stageSince, configuration.bakeTimeInMinutes ?? 0) ? enter('CLEAN_UP') : shift;
    case 'CLEAN_UP':
      return shift;
    default:
      return assertNever(stage);
  }

  function isOver(since: number, minutes: number): boolean {
    return since + minutes * minute <= now;
  }
}

/** A first deployment has nothing to go back to, so nobody is asked whether it should go on. */
function enterStage(
  shift: TrafficShift,
  stage: LifecycleStage,
  { deployment, now, minute }: ShiftConditions,
): TrafficShift {
  const hooks = shift.source === undefined ? [] : hooksAt(shift, stage, deployment, now, minute);
  return { ...shift, stage, stageSince: now, hooks, hooksMet: shift.hooksMet + hooks.length };
}

/** Asks for another share of traffic. */
export const withShare = (shift: TrafficShift, production: number, test: number): TrafficShift => ({
  ...shift,
  traffic: { production, test, sequence: shift.traffic.sequence + 1, applied: false },
});

/** When the shift has to be looked at again, if only time has to pass. */
export function nextShiftAt(shift: TrafficShift, minute: number): number | undefined {
  const { stage, stageSince, configuration, hooks, traffic } = shift;
  const waiting = hooks.flatMap((hook) => (hook.status === 'AWAITING_ACTION' ? [hook.expiresAt] : []));
  if (waiting.length > 0) return Math.min(...waiting);
  if (stage === 'BAKE_TIME') return stageSince + (configuration.bakeTimeInMinutes ?? 0) * minute;
  const isStep = stage === 'PRODUCTION_TRAFFIC_SHIFT' && traffic.production < 100;
  return isStep ? stageSince + stepBakeMinutes(configuration) * minute : undefined;
}
