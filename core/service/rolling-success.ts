import type { Deployment, Service } from '../model/service.ts';
import { strategyOf } from './rollout-rules.ts';

/** How far a rolling deployment is. */
export interface RollingProgress {
  /** Its tasks that are healthy. */
  readonly healthy: number;
  /** No task of an earlier deployment is left. */
  readonly isAlone: boolean;
  /** It has all the tasks it wants, all of them healthy, and no others run. */
  readonly isWhole: boolean;
}

/** What a rolling deployment must reach to be a success: all of it, or what its early success criteria say. */
export function hasRolledOut(
  { rollout, desiredCount }: Service,
  { healthy, isAlone, isWhole }: RollingProgress,
): boolean {
  const early = rollout?.earlySuccessCriteria;
  if (!early?.enable) return isWhole;
  const isEnough = healthy >= Math.ceil((desiredCount * (early.healthyPercent ?? 100)) / 100);
  return isEnough && (isAlone || early.sourceServiceRevisionCleanup === 'DEFERRED');
}

/** A deployment with what is known of its bake time. */
export interface Baking {
  readonly deployment: Deployment;
  readonly isDone: boolean;
  /** When the bake time is over, while it lasts. */
  readonly until?: number;
}

/** A rolled-out deployment may still be stopped, or fail, until its bake time is over. */
export function bake(service: Service, current: Deployment, isRolledOut: boolean, now: number, minute: number): Baking {
  const { bakeTimeInMinutes = 0 } = service.rollout ?? {};
  const isBaked =
    current.rolloutState !== 'IN_PROGRESS' || strategyOf(service.rollout) !== 'ROLLING' || bakeTimeInMinutes === 0;
  if (isBaked || (!isRolledOut && current.bakingSince === undefined))
    return { deployment: current, isDone: isRolledOut };
  const deployment = current.bakingSince === undefined ? { ...current, bakingSince: now, updatedAt: now } : current;
  const until = (deployment.bakingSince ?? now) + bakeTimeInMinutes * minute;
  return until > now ? { deployment, isDone: false, until } : { deployment, isDone: isRolledOut };
}
