import type { Timings } from '../timings.ts';
import { dropChunks, isRetired } from './drop-chunks.ts';
import { earliest, nextHealthy, nextRetry, nextUnprotected } from './next-check.ts';
import { type DeploymentPlan, planDeployments } from './plan-deployments.ts';
import { planRebalance, type RebalancePlan, stopNews } from './plan-rebalance.ts';
import { planStarts } from './plan-starts.ts';
import { healthyStops, planStops, surplus } from './plan-stops.ts';
import { nextUnhealthy, planUnhealthy } from './plan-unhealthy.ts';
import { type ReplicaStanding, replicaStanding } from './replica-standing.ts';
import { ScaleInOrder } from './scale-in-order.ts';
import { outlook } from './service-outlook.ts';
import type { ServiceAction, ServiceOutlook, ServicePlan } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import type { PlacedSlot } from './slots.ts';

/**
 * Decides the next step of a service that wants a number of tasks, wherever they run.
 * Rolling arithmetic as in the ECS developer guide: never above floor(maximumPercent), never voluntarily below
 * ceil(minimumHealthyPercent). A new deployment, a draining machine and a failing health check are the same problem:
 * tasks that must leave.
 */
export function planReplicas(
  snapshot: ServiceSnapshot,
  now: number,
  timings: Pick<Timings, 'healthyAfter' | 'minute' | 'balance'>,
): ServicePlan {
  const standing = replicaStanding(snapshot, now, timings);
  const { folded, current, isFit } = standing;
  const moves = movesOf(standing, timings.balance);
  const { starts, stops, cures, rebalance } = moves;
  const deployments = planDeployments(snapshot, current, folded.slots, isFit, starts.length > 0, now, timings.minute);
  const next = outlookOf(standing, moves, deployments, timings.healthyAfter);
  // Whatever else was planned was planned for a deployment that is given up: it is planned again for the other one.
  if (next.rollback) return { actions: folded.actions, outlook: next };
  const dropped = dropChunks(snapshot.chunks, isRetired(snapshot.service, deployments.retired));
  return {
    actions: [...folded.actions, ...stops, ...cures, ...starts, ...rebalance.starts, ...dropped],
    outlook: next,
  };
}

/** What the tasks of a service do next. */
interface ReplicaMoves {
  readonly starts: readonly ServiceAction[];
  readonly stops: readonly ServiceAction[];
  /** Stops of tasks that fail their health checks. */
  readonly cures: readonly ServiceAction[];
  readonly rebalance: RebalancePlan;
  /** True when tasks are missing that can not start now. */
  readonly isShort: boolean;
}

/** Starts what is missing, then asks whether zones are to be made even, and stops what neither of the two wants any more. */
function movesOf(standing: ReplicaStanding, restFor: number): ReplicaMoves {
  const { snapshot, now, primary, good, leaving, wanted, unhealthy, limits, spare, isFit, isProtected } = standing;
  const { service } = snapshot;
  const startsTowards = (count: number) =>
    planStarts({ ...service, desiredCount: count }, primary, good.length, leaving.length, limits.maximum, now);
  const starts = standing.isStarting ? startsTowards(service.desiredCount) : [];
  const isBusy = starts.length > 0 || leaving.length > 0;
  const startOneMore = () => startsTowards(service.desiredCount + 1);
  const asked = { snapshot, now, restFor, primary, good, isBusy, limits, isFit, isProtected, startOneMore };
  const rebalance = planRebalance(asked);
  const desired = service.desiredCount + rebalance.extra;
  const order = scaleInOrder(standing);
  const stops = planStops({ desired, good, leaving: leaversOf(standing), spare, order, isFit, isProtected });
  const isShort = good.length + starts.length < service.desiredCount;
  const cures = planUnhealthy({
    desired: service.desiredCount,
    unhealthy,
    healthy: wanted.filter(isFit).length,
    isReplacing: starts.length > 0 || !good.every(isFit),
    isBlocked: standing.isStarting && isShort && wanted.length >= limits.maximum,
    spare: spare.running - healthyStops(stops),
  });
  return { starts, stops, cures, rebalance, isShort };
}

/** Who may go for being of no use any more. A failed deployment replaces nothing: only what is too many goes. */
function leaversOf(standing: ReplicaStanding): readonly PlacedSlot[] {
  const { snapshot, isFailed, leaving, unhealthy } = standing;
  if (!isFailed) return leaving.filter((slot) => !unhealthy.includes(slot));
  return surplus(leaving, leaving.length - snapshot.service.desiredCount, scaleInOrder(standing));
}

/** Only the first slots are shared out as so many tasks should be, so tasks of several providers stop newest first. */
function scaleInOrder({ snapshot: { service, sites }, wanted }: ReplicaStanding): ScaleInOrder {
  const isShared = (service.deployment.capacityProviderStrategy?.length ?? 0) > 1;
  return new ScaleInOrder(wanted, service.placementStrategy, isShared ? undefined : sites);
}

function outlookOf(
  standing: ReplicaStanding,
  moves: ReplicaMoves,
  { kept, bakedAt }: DeploymentPlan,
  healthyAfter: number,
): ServiceOutlook {
  const { snapshot, folded, unhealthy } = standing;
  const { starts, stops, rebalance: move } = moves;
  const isMoving = starts.length + stops.length + unhealthy.length > 0 || isRebalancing(move);
  const isRolling = kept.length > 1 || kept[0]?.rolloutState === 'IN_PROGRESS';
  const nextCheckAt = earliest(...checksOf(standing, moves, isRolling, healthyAfter), bakedAt);
  const news = move.news ?? stopNews(move, stops, snapshot.sites);
  return {
    ...outlook(snapshot, folded.slots, kept, isMoving, nextCheckAt),
    ...(unhealthy.length > 0 ? { unhealthy: unhealthy.length } : {}),
    ...(move.rebalance ? { rebalance: move.rebalance } : {}),
    ...(news ? { rebalanceNews: news } : {}),
  };
}

/** Rule R16: when time alone changes what is to be done. */
function checksOf(
  { snapshot: { service }, now, primary, good, leaving, wanted, isStarting }: ReplicaStanding,
  { isShort, rebalance: { rebalance } }: ReplicaMoves,
  isRolling: boolean,
  healthyAfter: number,
): readonly (number | undefined)[] {
  const isWaiting = isRolling || leaving.length > 0 || rebalance?.kind === 'moving';
  const isTooMany = leaving.length > 0 || good.length > service.desiredCount;
  return [
    isStarting && isShort ? nextRetry(primary, now) : undefined,
    isWaiting ? nextHealthy(primary, healthyAfter, now) : undefined,
    isTooMany ? nextUnprotected(wanted, now) : undefined,
    nextUnhealthy(service, wanted, now),
  ];
}

const isRebalancing = ({ rebalance }: RebalancePlan): boolean =>
  rebalance?.kind === 'moving' || rebalance?.kind === 'settling';
