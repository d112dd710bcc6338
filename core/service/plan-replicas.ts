import type { Deployment, DeploymentSpec, Service, SlotChunk } from '../model/service.ts';
import type { Timings } from '../timings.ts';
import { foldHealth } from './fold-health.ts';
import { serviceLimits } from './limits.ts';
import { placementComplaint } from './placement-complaint.ts';
import { judgeDeployment, planDeployments } from './plan-deployments.ts';
import { planRebalance, type RebalancePlan, stopNews } from './plan-rebalance.ts';
import { planStops, type Spare, surplus } from './plan-stops.ts';
import { isUnhealthy, nextUnhealthy, planUnhealthy } from './plan-unhealthy.ts';
import { newestCompleted, rollbackTarget } from './rollback.ts';
import { ScaleInOrder } from './scale-in-order.ts';
import type { ServiceAction, ServiceOutlook, ServicePlan } from './service-plan.ts';
import { type ServiceSnapshot, slotName } from './service-snapshot.ts';
import { countPhase, healthyFrom, isHealthy, isTaskProtected, isWanted, type PlacedSlot, slotsOf } from './slots.ts';

/**
 * Decides the next step of a service that wants a number of tasks, wherever they run.
 * Rolling arithmetic as in the ECS developer guide: never above floor(maximumPercent), never voluntarily below
 * ceil(minimumHealthyPercent). A new deployment and a draining machine are the same problem: tasks that must leave.
 */
export function planReplicas(
  snapshot: ServiceSnapshot,
  now: number,
  { healthyAfter, minute, balance }: Pick<Timings, 'healthyAfter' | 'minute' | 'balance'>,
): ServicePlan {
  const { service } = snapshot;
  const folded = foldRunning(snapshot, now);
  const current = judgeDeployment(snapshot, folded.slots, healthyAfter, now);
  const primary = folded.slots.filter((slot) => slot.deployment === service.deployment.id);
  // A failed deployment replaces nothing any more.
  const isIll = (slot: PlacedSlot) => current.rolloutState !== 'FAILED' && isUnhealthy(service, slot, now);
  const isGood = (slot: PlacedSlot) => slot.deployment === service.deployment.id && !slot.leaving && !isIll(slot);
  const good = primary.filter((slot) => isWanted(slot) && isGood(slot));
  const leaving = folded.slots.filter((slot) => isWanted(slot) && !isGood(slot));
  const limits = serviceLimits(service);

  const isFailed = current.rolloutState === 'FAILED' && service.status === 'ACTIVE';
  const isStarting = service.status === 'ACTIVE' && !isFailed;
  const startsTowards = (count: number) =>
    planStarts({ ...service, desiredCount: count }, primary, good.length, leaving.length, limits.maximum, now);
  const starts = isStarting ? startsTowards(service.desiredCount) : [];
  const isFit = (slot: PlacedSlot) => isHealthy(slot, healthyAfter, now);
  const wanted = [...good, ...leaving];
  // Only the first slots are shared out as so many tasks should be, so tasks of several providers stop newest first.
  const isShared = (service.deployment.capacityProviderStrategy?.length ?? 0) > 1;
  const scaleIn = () => new ScaleInOrder(wanted, service.placementStrategy, isShared ? undefined : snapshot.sites);
  const leave = isFailed
    ? surplus(leaving, leaving.length - service.desiredCount, scaleIn())
    : leaving.filter((slot) => !isIll(slot));
  const spare: Spare = {
    running: countPhase(wanted, 'running') - limits.minimum,
    healthy: wanted.filter(isFit).length - limits.minimum,
  };
  // Who deletes a service has given its protected tasks up, too.
  const isProtected = (slot: PlacedSlot) => service.status === 'ACTIVE' && isTaskProtected(slot, now);
  const isBusy = starts.length > 0 || leaving.length > 0;
  const startOneMore = () => startsTowards(service.desiredCount + 1);
  const move = planRebalance({
    snapshot,
    now,
    restFor: balance,
    primary,
    good,
    isBusy,
    limits,
    isFit,
    isProtected,
    startOneMore,
  });
  const desired = service.desiredCount + move.extra;
  const stops = planStops({ desired, good, leaving: leave, spare, order: scaleIn(), isFit, isProtected });
  const unhealthy = leaving.filter(isIll);
  const isShort = good.length + starts.length < service.desiredCount;
  const cures = planUnhealthy({
    desired: service.desiredCount,
    unhealthy,
    healthy: wanted.filter(isFit).length,
    isReplacing: starts.length > 0 || !good.every(isFit),
    isBlocked: isStarting && isShort && wanted.length >= limits.maximum,
    spare: spare.running - stops.filter((stop) => stop.kind === 'stop' && stop.healthy).length,
  });
  const deployments = planDeployments(snapshot, current, folded.slots, isFit, starts.length > 0, now, minute);
  const retryAt = isStarting && isShort ? nextRetry(primary, now) : undefined;
  const isRolling = deployments.kept.length > 1 || deployments.kept[0]?.rolloutState === 'IN_PROGRESS';
  const isWaiting = isRolling || leaving.length > 0 || move.rebalance?.kind === 'moving';
  const healthyAt = isWaiting ? nextHealthy(primary, healthyAfter, now) : undefined;
  const freeAt = leaving.length > 0 || good.length > service.desiredCount ? nextUnprotected(wanted, now) : undefined;
  const illAt = nextUnhealthy(service, wanted, now);
  const isMoving = starts.length + stops.length + unhealthy.length > 0 || isRebalancing(move);
  const news = move.news ?? stopNews(move, stops, snapshot.sites);
  const next: ServiceOutlook = {
    ...outlook(
      snapshot,
      folded.slots,
      deployments.kept,
      isMoving,
      earliest(retryAt, healthyAt, freeAt, illAt, deployments.bakedAt),
    ),
    ...(unhealthy.length > 0 ? { unhealthy: unhealthy.length } : {}),
    ...(move.rebalance ? { rebalance: move.rebalance } : {}),
    ...(news ? { rebalanceNews: news } : {}),
  };
  // Whatever else was planned was planned for a deployment that is given up: it is planned again for the other one.
  if (next.rollback) return { actions: folded.actions, outlook: next };
  return {
    actions: [
      ...folded.actions,
      ...stops,
      ...cures,
      ...starts,
      ...move.starts,
      ...dropChunks(snapshot.chunks, service, deployments.retired),
    ],
    outlook: next,
  };
}

const isRebalancing = ({ rebalance }: RebalancePlan): boolean =>
  rebalance?.kind === 'moving' || rebalance?.kind === 'settling';

/** Takes in what agents reported: a started slot seen RUNNING counts as running from here on, and has its health. */
export function foldRunning(
  snapshot: Pick<ServiceSnapshot, 'chunks' | 'seenRunning' | 'seenHealth'>,
  now: number,
): { slots: readonly PlacedSlot[]; actions: readonly ServiceAction[] } {
  const isNews = (slot: PlacedSlot) => slot.phase === 'started' && snapshot.seenRunning.has(slotName(slot));
  const slots = slotsOf(snapshot.chunks);
  const health = foldHealth(
    slots.map((slot) => (isNews(slot) ? { ...slot, phase: 'running', runningSince: now } : slot)),
    snapshot,
    now,
  );
  const running = slots
    .filter(isNews)
    .map(({ deployment, index, epoch }): ServiceAction => ({ kind: 'fold-running', deployment, index, epoch }));
  return { slots: health.slots, actions: [...running, ...health.actions] };
}

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
