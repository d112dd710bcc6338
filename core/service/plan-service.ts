import type { Deployment, Service, SlotChunk } from '../model/service.ts';
import { serviceLimits } from './limits.ts';
import { placementComplaint } from './placement-complaint.ts';
import { planDeployments } from './plan-deployments.ts';
import type { ServiceAction, ServiceOutlook, ServicePlan } from './service-plan.ts';
import { type ServiceSnapshot, slotName } from './service-snapshot.ts';
import { countPhase, isWanted, type PlacedSlot, slotsOf } from './slots.ts';

/**
 * Decides the next step of a service: a pure function from what is wanted and what stands to a plan.
 * Rolling arithmetic as in the ECS developer guide: never above floor(maximumPercent), never voluntarily below
 * ceil(minimumHealthyPercent). A new deployment and a draining machine are the same problem: tasks that must leave.
 */
export function planService(snapshot: ServiceSnapshot, now: number): ServicePlan {
  const { service } = snapshot;
  const folded = foldRunning(snapshot);
  const primary = folded.slots.filter((slot) => slot.deployment === service.deployment.id);
  const isGood = (slot: PlacedSlot) => slot.deployment === service.deployment.id && !slot.leaving;
  const good = primary.filter((slot) => isWanted(slot) && isGood(slot));
  const leaving = folded.slots.filter((slot) => isWanted(slot) && !isGood(slot));
  const wanted = good.length + leaving.length;
  const limits = serviceLimits(service);

  const starts =
    service.status === 'ACTIVE' ? planStarts(service, primary, good.length, wanted, limits.maximum, now) : [];
  const healthy = countPhase([...good, ...leaving], 'running');
  const stops = planStops(service.desiredCount, good, leaving, healthy - limits.minimum);
  const deployments = planDeployments(snapshot, folded.slots, starts.length > 0, now);
  const isShort = good.length + starts.length < service.desiredCount;
  const retryAt = service.status === 'ACTIVE' && isShort ? nextRetry(primary, now) : undefined;
  const actions = [
    ...folded.actions,
    ...stops,
    ...starts,
    ...dropChunks(snapshot.chunks, service, deployments.retired),
  ];
  const isMoving = starts.length + stops.length > 0;
  return { actions, outlook: outlook(snapshot, folded.slots, deployments.kept, isMoving, retryAt) };
}

/** Takes in what agents reported: a started slot seen RUNNING counts as running from here on. */
function foldRunning(snapshot: ServiceSnapshot): { slots: readonly PlacedSlot[]; actions: readonly ServiceAction[] } {
  const isNews = (slot: PlacedSlot) => slot.phase === 'started' && snapshot.seenRunning.has(slotName(slot));
  const slots = slotsOf(snapshot.chunks);
  return {
    slots: slots.map((slot) => (isNews(slot) ? { ...slot, phase: 'running' } : slot)),
    actions: slots
      .filter(isNews)
      .map(({ deployment, index, epoch }) => ({ kind: 'fold-running', deployment, index, epoch })),
  };
}

/** Fills free slots from the lowest index. A slot that backs off after a failure keeps its place in the count. */
function planStarts(
  service: Service,
  primary: readonly PlacedSlot[],
  good: number,
  wanted: number,
  maximum: number,
  now: number,
): readonly ServiceAction[] {
  const waiting = primary.filter((slot) => slot.phase === 'empty' && (slot.notBefore ?? 0) > now);
  const missing = service.desiredCount - good - waiting.length;
  const count = Math.max(0, Math.min(missing, maximum - wanted));
  const used = new Map(primary.map((slot) => [slot.index, slot]));
  const starts: ServiceAction[] = [];
  for (let index = 0; starts.length < count; index += 1) {
    const slot = used.get(index);
    if (slot && (slot.phase !== 'empty' || (slot.notBefore ?? 0) > now)) continue;
    starts.push({ kind: 'start', deployment: service.deployment.id, index, epoch: (slot?.epoch ?? 0) + 1 });
  }
  return starts;
}

/**
 * Stops what is not wanted any more: tasks that leave, and those above the desired count, newest slots first.
 * Tasks that never ran cost no health and go at once; healthy ones only while `spare` lasts.
 */
function planStops(
  desired: number,
  good: readonly PlacedSlot[],
  leaving: readonly PlacedSlot[],
  spare: number,
): readonly ServiceAction[] {
  const pendingFirst = [...good].sort((a, b) => rank(a) - rank(b) || b.index - a.index);
  const excess = pendingFirst.slice(0, Math.max(0, good.length - desired));
  const candidates = [...leaving.filter(isPending), ...excess.filter(isPending)];
  const healthy = [...leaving, ...excess].filter((slot) => !isPending(slot)).slice(0, Math.max(0, spare));
  return [...candidates, ...healthy].map((slot) => ({
    kind: 'stop',
    deployment: slot.deployment,
    index: slot.index,
    epoch: slot.epoch,
    healthy: !isPending(slot),
  }));
}

const isPending = (slot: PlacedSlot): boolean => slot.phase === 'started';
const rank = (slot: PlacedSlot): number => (isPending(slot) ? 0 : 1);

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
function nextRetry(primary: readonly PlacedSlot[], now: number): number | undefined {
  const retries = primary.flatMap(({ phase, notBefore = 0 }) =>
    phase === 'empty' && notBefore > now ? [notBefore] : [],
  );
  return retries.length > 0 ? Math.min(...retries) : undefined;
}

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
  return {
    deployments,
    steady: !isMoving && settled && running === service.desiredCount && slots.filter(isWanted).length === running,
    ended: service.status === 'DRAINING' && !slots.some(isWanted),
    ...(complaint === undefined ? {} : { complaint }),
    ...(nextCheckAt === undefined ? {} : { nextCheckAt }),
  };
}
