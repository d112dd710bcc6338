import type { Deployment, DeploymentSpec, Service, SlotChunk } from '../model/service.ts';
import type { Timings } from '../timings.ts';
import { placementComplaint } from './placement-complaint.ts';
import { type DeploymentPlan, planDeployments } from './plan-deployments.ts';
import { planRebalance, type RebalancePlan, stopNews } from './plan-rebalance.ts';
import { planStops, surplus } from './plan-stops.ts';
import { nextUnhealthy, planUnhealthy } from './plan-unhealthy.ts';
import { type ReplicaStanding, replicaStanding } from './replica-standing.ts';
import { newestCompleted, rollbackTarget } from './rollback.ts';
import { ScaleInOrder } from './scale-in-order.ts';
import type { ServiceAction, ServiceOutlook, ServicePlan } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { countPhase, healthyFrom, isWanted, type PlacedSlot } from './slots.ts';

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
  const dropped = dropChunks(snapshot.chunks, snapshot.service, deployments.retired);
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
    spare: spare.running - stops.filter((stop) => stop.kind === 'stop' && stop.healthy).length,
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

/** Fills free slots from the lowest index. A slot that backs off after a failure keeps its place in the count. */
export function planStarts(
  service: { readonly desiredCount: number; readonly deployment: Pick<DeploymentSpec, 'id'> },
  primary: readonly PlacedSlot[],
  good: number,
  leaving: number,
  maximum: number,
  now: number,
): readonly ServiceAction[] {
  const waiting = primary.filter((slot) => slot.phase === 'empty' && (slot.notBefore ?? 0) > now);
  const missing = service.desiredCount - good - waiting.length;
  const count = Math.max(0, Math.min(missing, maximum - good - leaving));
  const used = new Map(primary.map((slot) => [slot.index, slot]));
  const starts: ServiceAction[] = [];
  for (let index = 0; starts.length < count; index += 1) {
    const slot = used.get(index);
    if (slot && (slot.phase !== 'empty' || (slot.notBefore ?? 0) > now)) continue;
    starts.push({ kind: 'start', deployment: service.deployment.id, index, epoch: (slot?.epoch ?? 0) + 1 });
  }
  return starts;
}

/** Chunks whose slots are all free and whose deployment is over are forgotten; their deployment id never returns. */
export function dropChunks(
  chunks: readonly SlotChunk[],
  service: Service,
  retired: ReadonlySet<string>,
): readonly ServiceAction[] {
  return chunks
    .filter((chunk) => chunk.deployment !== service.deployment.id || service.status === 'INACTIVE')
    .filter((chunk) => retired.has(chunk.deployment) || service.status === 'INACTIVE')
    .filter((chunk) => chunk.slots.every((slot) => slot.phase === 'empty'))
    .map(({ deployment, chunk }) => ({ kind: 'drop-chunk', deployment, chunk }));
}

/** Rule R16: when the first slot that backs off may start. It matters only while tasks are missing. */
export function nextRetry(primary: readonly PlacedSlot[], now: number): number | undefined {
  const retries = primary.flatMap(({ phase, notBefore = 0 }) =>
    phase === 'empty' && notBefore > now ? [notBefore] : [],
  );
  return retries.length > 0 ? Math.min(...retries) : undefined;
}

/** When the next task becomes healthy, which is what a rollout waits for. */
export function nextHealthy(primary: readonly PlacedSlot[], healthyAfter: number, now: number): number | undefined {
  const due = primary.flatMap((slot) => {
    const at = healthyFrom(slot, healthyAfter);
    return at !== undefined && at > now ? [at] : [];
  });
  return due.length > 0 ? Math.min(...due) : undefined;
}

/** When the next protection ends that keeps a task which is to go. */
export function nextUnprotected(wanted: readonly PlacedSlot[], now: number): number | undefined {
  const ends = wanted.flatMap(({ protectedUntil = 0 }) => (protectedUntil > now ? [protectedUntil] : []));
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

export const earliest = (...instants: readonly (number | undefined)[]): number | undefined => {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};

export function outlook(
  snapshot: ServiceSnapshot,
  slots: readonly PlacedSlot[],
  deployments: readonly Deployment[],
  isMoving: boolean,
  nextCheckAt: number | undefined,
): ServiceOutlook {
  const { service } = snapshot;
  const settled = deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';
  const running = countPhase(slots, 'running');
  const complaint = placementComplaint(snapshot.unplaced);
  const lastCompleted = newestCompleted(snapshot, deployments[0]);
  const rollback = service.status === 'ACTIVE' ? rollbackTarget(service, deployments[0], lastCompleted) : undefined;
  return {
    deployments,
    ...(lastCompleted ? { lastCompleted } : {}),
    ...(rollback ? { rollback } : {}),
    steady: !isMoving && settled && running === service.desiredCount && slots.filter(isWanted).length === running,
    ended: service.status === 'DRAINING' && !slots.some(isWanted),
    ...(complaint === undefined ? {} : { complaint }),
    ...(nextCheckAt === undefined ? {} : { nextCheckAt }),
  };
}
