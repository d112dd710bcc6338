import type { Deployment, DeploymentSpec, Service, SlotChunk } from '../model/service.ts';
import type { Timings } from '../timings.ts';
import { serviceLimits } from './limits.ts';
import { placementComplaint } from './placement-complaint.ts';
import { judgeDeployment, planDeployments } from './plan-deployments.ts';
import { planStops, type Spare, surplus } from './plan-stops.ts';
import { newestCompleted, rollbackTarget } from './rollback.ts';
import type { ServiceAction, ServiceOutlook, ServicePlan } from './service-plan.ts';
import { type ServiceSnapshot, slotName } from './service-snapshot.ts';
import { countPhase, isHealthy, isTaskProtected, isWanted, type PlacedSlot, slotsOf } from './slots.ts';

/**
 * Decides the next step of a service that wants a number of tasks, wherever they run.
 * Rolling arithmetic as in the ECS developer guide: never above floor(maximumPercent), never voluntarily below
 * ceil(minimumHealthyPercent). A new deployment and a draining machine are the same problem: tasks that must leave.
 */
export function planReplicas(
  snapshot: ServiceSnapshot,
  now: number,
  { healthyAfter }: Pick<Timings, 'healthyAfter'>,
): ServicePlan {
  const { service } = snapshot;
  const folded = foldRunning(snapshot, now);
  const current = judgeDeployment(snapshot, folded.slots, healthyAfter, now);
  const primary = folded.slots.filter((slot) => slot.deployment === service.deployment.id);
  const isGood = (slot: PlacedSlot) => slot.deployment === service.deployment.id && !slot.leaving;
  const good = primary.filter((slot) => isWanted(slot) && isGood(slot));
  const leaving = folded.slots.filter((slot) => isWanted(slot) && !isGood(slot));
  const limits = serviceLimits(service);

  const isFailed = current.rolloutState === 'FAILED' && service.status === 'ACTIVE';
  const isStarting = service.status === 'ACTIVE' && !isFailed;
  const starts = isStarting ? planStarts(service, primary, good.length, leaving.length, limits.maximum, now) : [];
  const isFit = (slot: PlacedSlot) => isHealthy(slot, healthyAfter, now);
  const leave = isFailed ? surplus(leaving, leaving.length - service.desiredCount) : leaving;
  const wanted = [...good, ...leaving];
  const spare: Spare = {
    running: countPhase(wanted, 'running') - limits.minimum,
    healthy: wanted.filter(isFit).length - limits.minimum,
  };
  // Who deletes a service has given its protected tasks up, too.
  const isProtected = (slot: PlacedSlot) => service.status === 'ACTIVE' && isTaskProtected(slot, now);
  const stops = planStops({ desired: service.desiredCount, good, leaving: leave, spare, isFit, isProtected });
  const deployments = planDeployments(snapshot, current, folded.slots, isFit, starts.length > 0, now);
  const isShort = good.length + starts.length < service.desiredCount;
  const retryAt = isStarting && isShort ? nextRetry(primary, now) : undefined;
  const isRolling = deployments.kept.length > 1 || deployments.kept[0]?.rolloutState === 'IN_PROGRESS';
  const healthyAt = isRolling || leaving.length > 0 ? nextHealthy(primary, healthyAfter, now) : undefined;
  const freeAt = leaving.length > 0 || good.length > service.desiredCount ? nextUnprotected(wanted, now) : undefined;
  const isMoving = starts.length + stops.length > 0;
  const next = outlook(snapshot, folded.slots, deployments.kept, isMoving, earliest(retryAt, healthyAt, freeAt));
  // Whatever else was planned was planned for a deployment that is given up: it is planned again for the other one.
  if (next.rollback) return { actions: folded.actions, outlook: next };
  return {
    actions: [...folded.actions, ...stops, ...starts, ...dropChunks(snapshot.chunks, service, deployments.retired)],
    outlook: next,
  };
}

/** Takes in what agents reported: a started slot seen RUNNING counts as running from here on. */
export function foldRunning(
  snapshot: Pick<ServiceSnapshot, 'chunks' | 'seenRunning'>,
  now: number,
): { slots: readonly PlacedSlot[]; actions: readonly ServiceAction[] } {
  const isNews = (slot: PlacedSlot) => slot.phase === 'started' && snapshot.seenRunning.has(slotName(slot));
  const slots = slotsOf(snapshot.chunks);
  return {
    slots: slots.map((slot) => (isNews(slot) ? { ...slot, phase: 'running', runningSince: now } : slot)),
    actions: slots
      .filter(isNews)
      .map(({ deployment, index, epoch }) => ({ kind: 'fold-running', deployment, index, epoch })),
  };
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
function dropChunks(
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
  const due = primary.flatMap(({ phase, runningSince = 0 }) =>
    phase === 'running' && runningSince + healthyAfter > now ? [runningSince + healthyAfter] : [],
  );
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

function outlook(
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
