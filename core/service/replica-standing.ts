import type { Deployment } from '../model/service.ts';
import type { Timings } from '../timings.ts';
import type { Folded } from './fold-health.ts';
import { foldRunning } from './fold-running.ts';
import { type ServiceLimits, serviceLimits } from './limits.ts';
import { judgeDeployment } from './plan-deployments.ts';
import type { Spare } from './plan-stops.ts';
import { isUnhealthy } from './plan-unhealthy.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { countPhase, isHealthy, isTaskProtected, isWanted, type PlacedSlot } from './slots.ts';

/** How a service of replicas stands, before anything is decided. */
export interface ReplicaStanding {
  readonly snapshot: ServiceSnapshot;
  readonly now: number;
  readonly folded: Folded;
  /** The newest deployment, as its tasks have done so far. */
  readonly current: Deployment;
  readonly isFailed: boolean;
  readonly isStarting: boolean;
  /** Slots of the newest deployment. */
  readonly primary: readonly PlacedSlot[];
  /** Tasks that are wanted and shall stay, and those that shall leave; `wanted` are both. */
  readonly good: readonly PlacedSlot[];
  readonly leaving: readonly PlacedSlot[];
  readonly wanted: readonly PlacedSlot[];
  /** Those that leave because they fail their health checks. */
  readonly unhealthy: readonly PlacedSlot[];
  readonly limits: ServiceLimits;
  readonly spare: Spare;
  readonly isFit: (slot: PlacedSlot) => boolean;
  readonly isProtected: (slot: PlacedSlot) => boolean;
}

/** Takes in what agents reported, judges the newest deployment by it, and tells tasks that stay from tasks that leave. */
export function replicaStanding(
  snapshot: ServiceSnapshot,
  now: number,
  { healthyAfter }: Pick<Timings, 'healthyAfter'>,
): ReplicaStanding {
  const { service } = snapshot;
  const isActive = service.status === 'ACTIVE';
  const folded = foldRunning(snapshot, now);
  const current = judgeDeployment(snapshot, folded.slots, healthyAfter, now);
  const hasFailed = current.rolloutState === 'FAILED';
  const primary = folded.slots.filter((slot) => slot.deployment === service.deployment.id);
  // A failed deployment replaces nothing any more.
  const isIll = (slot: PlacedSlot) => !hasFailed && isUnhealthy(service, slot, now);
  const isGood = (slot: PlacedSlot) => slot.deployment === service.deployment.id && !slot.leaving && !isIll(slot);
  const good = primary.filter((slot) => isWanted(slot) && isGood(slot));
  const leaving = folded.slots.filter((slot) => isWanted(slot) && !isGood(slot));
  const wanted = [...good, ...leaving];
  const limits = serviceLimits(service);
  const isFit = (slot: PlacedSlot) => isHealthy(slot, healthyAfter, now);
  return {
    snapshot,
    now,
    folded,
    current,
    isFailed: hasFailed && isActive,
    isStarting: isActive && !hasFailed,
    primary,
    good,
    leaving,
    wanted,
    unhealthy: leaving.filter(isIll),
    limits,
    spare: {
      running: countPhase(wanted, 'running') - limits.minimum,
      healthy: wanted.filter(isFit).length - limits.minimum,
    },
    isFit,
    // Who deletes a service has given its protected tasks up, too.
    isProtected: (slot) => isActive && isTaskProtected(slot, now),
  };
}
