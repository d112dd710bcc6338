import type { TaskSet, TaskSetService } from '../model/task-set.ts';
import type { TaskSetState } from '../model/task-set-state.ts';
import type { Timings } from '../timings.ts';
import { dropChunks } from './drop-chunks.ts';
import { foldRunning } from './fold-running.ts';
import { serviceLimits } from './limits.ts';
import { earliest, nextHealthy, nextRetry, nextUnprotected } from './next-check.ts';
import { placementComplaint } from './placement-complaint.ts';
import { planStarts } from './plan-starts.ts';
import { healthyStops, planStops, type Spare } from './plan-stops.ts';
import { isUnhealthy, nextUnhealthy, planUnhealthy } from './plan-unhealthy.ts';
import { ScaleInOrder } from './scale-in-order.ts';
import type { ServiceAction, ServicePlan } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import type { Sites } from './sites.ts';
import { countPhase, isHealthy, isTaskProtected, isWanted, type PlacedSlot } from './slots.ts';
import { computedCount } from './task-sets.ts';

/** What one task set's next step is. */
interface TaskSetPlan {
  readonly starts: readonly ServiceAction[];
  readonly stops: readonly ServiceAction[];
  /** How many of its tasks fail their health checks. */
  readonly unhealthy: number;
  readonly state: TaskSetState;
  readonly nextCheckAt: number | undefined;
}

/**
 * Decides the next step of a service whose task sets are scaled by a deployer of the user's own. Each has the share of
 * the desired count it was given, no more and no less, whatever the others have: together they may exceed the service's
 * maximumPercent, as on ECS. Within a task set the percentages say how tasks on draining machines and ill ones
 * are replaced.
 */
export function planTaskSets(
  snapshot: ServiceSnapshot<TaskSetService>,
  now: number,
  { healthyAfter }: Pick<Timings, 'healthyAfter'>,
): ServicePlan {
  const { service, state } = snapshot;
  const folded = foldRunning(snapshot, now);
  const plans = service.taskSets.map((set) =>
    planTaskSet(service, set, folded.slots, state?.taskSets, snapshot.sites, healthyAfter, now),
  );
  const moves = plans.flatMap(({ starts, stops }) => [...stops, ...starts]);
  const gone = service.taskSets
    .filter((set) => isGone(service, set, folded.slots))
    .map(({ deployment }) => deployment.id);
  const kept = plans.map((plan) => plan.state).filter(({ id }) => !gone.includes(id));
  const unhealthy = plans.reduce((sum, plan) => sum + plan.unhealthy, 0);
  const complaint = placementComplaint(snapshot.unplaced);
  const nextCheckAt = earliest(...plans.map((plan) => plan.nextCheckAt));
  const isDraining = service.taskSets.some(
    ({ status, deployment }) => status === 'DRAINING' && !gone.includes(deployment.id),
  );
  return {
    actions: [
      ...folded.actions,
      ...moves,
      ...dropChunks(snapshot.chunks, (deployment) => kept.every(({ id }) => id !== deployment)),
    ],
    outlook: {
      deployments: [],
      taskSets: kept,
      ...(gone.length > 0 ? { goneTaskSets: gone } : {}),
      steady: moves.length === 0 && !isDraining && kept.every(({ isStable }) => isStable),
      ended: service.status === 'DRAINING' && !folded.slots.some(isWanted),
      ...(unhealthy > 0 ? { unhealthy } : {}),
      ...(complaint === undefined ? {} : { complaint }),
      ...(nextCheckAt === undefined ? {} : { nextCheckAt }),
    },
  };
}

function planTaskSet(
  service: TaskSetService,
  set: TaskSet,
  slots: readonly PlacedSlot[],
  known: readonly TaskSetState[] = [],
  sites: Sites | undefined,
  healthyAfter: number,
  now: number,
): TaskSetPlan {
  const { id } = set.deployment;
  const own = slots.filter((slot) => slot.deployment === id);
  const isIll = (slot: PlacedSlot) => isUnhealthy(service, slot, now);
  const isGood = (slot: PlacedSlot) => !slot.leaving && !isIll(slot);
  const good = own.filter((slot) => isWanted(slot) && isGood(slot));
  const leaving = own.filter((slot) => isWanted(slot) && !isGood(slot));
  const desiredCount = computedCount(service, set);
  const limits = serviceLimits({ ...service, desiredCount });
  // What it is scaled to it gets, also where the percentage would not allow it.
  const maximum = Math.max(limits.maximum, desiredCount);
  const starts = planStarts({ ...set, desiredCount }, own, good.length, leaving.length, maximum, now);
  const isFit = (slot: PlacedSlot) => isHealthy(slot, healthyAfter, now);
  const wanted = [...good, ...leaving];
  // Who deletes a task set or its service has given its protected tasks up, too.
  const isKept = service.status === 'ACTIVE' && set.status !== 'DRAINING';
  const healthy = wanted.filter(isFit).length;
  const spare: Spare = { running: countPhase(wanted, 'running') - limits.minimum, healthy: healthy - limits.minimum };
  const stops = planStops({
    desired: desiredCount,
    good,
    leaving: leaving.filter((slot) => !isIll(slot)),
    spare,
    order: new ScaleInOrder(wanted, service.placementStrategy, sites),
    isFit,
    isProtected: (slot) => isKept && isTaskProtected(slot, now),
  });
  const unhealthy = leaving.filter(isIll);
  const isShort = good.length + starts.length < desiredCount;
  const cures = planUnhealthy({
    desired: desiredCount,
    unhealthy,
    healthy,
    isReplacing: starts.length > 0 || !good.every(isFit),
    isBlocked: isShort && wanted.length >= maximum,
    spare: spare.running - healthyStops(stops),
  });
  const isStable = starts.length + stops.length === 0 && leaving.length === 0 && isWhole(own, desiredCount, now);
  return {
    starts,
    stops: [...stops, ...cures],
    unhealthy: unhealthy.length,
    state: nextState(known, { id, desired: desiredCount, isStable }, now),
    nextCheckAt: earliest(
      isShort ? nextRetry(own, now) : undefined,
      leaving.length > 0 ? nextHealthy(wanted, healthyAfter, now) : undefined,
      leaving.length > 0 || good.length > desiredCount ? nextUnprotected(wanted, now) : undefined,
      nextUnhealthy(service, wanted, now),
    ),
  };
}

/**
 * STEADY_STATE as ECS defines it: the computed number runs, nothing is pending, and no check calls a task unhealthy. How
 * long a task without a check has run counts for replacements only.
 */
const isWhole = (own: readonly PlacedSlot[], desired: number, now: number): boolean => {
  const wanted = own.filter(isWanted);
  return wanted.length === desired && wanted.every((slot) => isHealthy(slot, 0, now));
};

/** An unchanged state keeps its identity, so that a converged service costs no write. */
function nextState(known: readonly TaskSetState[], next: Omit<TaskSetState, 'since'>, now: number): TaskSetState {
  const before = known.find(({ id }) => id === next.id);
  if (before && before.isStable === next.isStable && before.desired === next.desired) return before;
  return { ...next, since: before && before.isStable === next.isStable ? before.since : now };
}

/** A deleted task set stays until the last of its tasks has stopped. */
const isGone = (service: TaskSetService, { status, deployment }: TaskSet, slots: readonly PlacedSlot[]): boolean =>
  (status === 'DRAINING' || service.status !== 'ACTIVE') &&
  slots.every((slot) => slot.deployment !== deployment.id || slot.phase === 'empty');
