import type { Deployment, Service } from '../model/service.ts';
import { forgive, type Health, trip } from './circuit-breaker.ts';
import { bake, hasRolledOut } from './rolling-success.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { healthyFrom, isHealthy, isWanted, type PlacedSlot } from './slots.ts';

export interface DeploymentPlan {
  /** The intent's deployment first, then the others, newest first. */
  readonly kept: readonly Deployment[];
  /** Ids of deployments that are over. */
  readonly retired: ReadonlySet<string>;
  /** When the bake time of a rolling deployment is over, while it lasts. */
  readonly bakedAt?: number;
}

/** The intent's deployment as it stands now, with what the circuit breaker says of it. */
export function judgeDeployment(
  { service, state, chunks }: ServiceSnapshot,
  slots: readonly PlacedSlot[],
  healthyAfter: number,
  now: number,
): Deployment {
  const { id } = service.deployment;
  const current = state?.deployments.find((deployment) => deployment.id === id) ?? newDeployment(service, now);
  if (service.stopDeployment?.id === id && current.rolloutState === 'IN_PROGRESS') {
    return { ...current, rolloutState: 'FAILED', failure: 'Service deployment stopped by a user.', updatedAt: now };
  }
  if (!service.circuitBreaker) return current;
  const health: Health = {
    failedEarly: chunks.reduce((sum, chunk) => sum + (chunk.deployment === id ? (chunk.failedEarly ?? 0) : 0), 0),
    lastHealthyAt: slots.reduce((last, slot) => Math.max(last, healthySince(slot, id, healthyAfter, now)), 0),
  };
  const forgiving = forgive(current, service.circuitBreaker, health);
  const judged = trip(forgiving, service.circuitBreaker, health, service.desiredCount);
  return judged === current ? current : { ...judged, updatedAt: now };
}

const healthySince = (slot: PlacedSlot, deployment: string, healthyAfter: number, now: number): number =>
  slot.deployment === deployment && isHealthy(slot, healthyAfter, now) ? (healthyFrom(slot, healthyAfter) ?? 0) : 0;

/** The intent's deployment leads; others stay in the list until the last of their tasks is gone. */
export function planDeployments(
  { service, state, chunks }: ServiceSnapshot,
  current: Deployment,
  slots: readonly PlacedSlot[],
  isFit: (slot: PlacedSlot) => boolean,
  isStarting: boolean,
  now: number,
  minute: number,
): DeploymentPlan {
  const failed = (id: string): number =>
    chunks.filter((chunk) => chunk.deployment === id).reduce((total, chunk) => total + chunk.failedTasks, 0);
  const occupied = new Set(slots.filter((slot) => slot.phase !== 'empty').map((slot) => slot.deployment));
  const others = (state?.deployments ?? []).filter((deployment) => deployment.id !== current.id);
  const isAlone = others.every(({ id }) => !occupied.has(id));
  const isWhole = !isStarting && isAlone && isComplete(service, slots, isFit);
  const healthy = slots.filter((slot) => slot.deployment === current.id && isFit(slot)).length;
  const baking = bake(service, current, hasRolledOut(service, { healthy, isAlone, isWhole }), now, minute);
  const kept = [
    settle(baking.deployment, failed(current.id), baking.isDone, now),
    ...others
      .filter(({ id }) => occupied.has(id))
      .map((deployment) => settle(deployment, failed(deployment.id), false, now)),
  ];
  return {
    kept,
    retired: new Set(chunks.map((chunk) => chunk.deployment).filter((id) => kept.every((d) => d.id !== id))),
    ...(baking.until === undefined ? {} : { bakedAt: baking.until }),
  };
}

const newDeployment = (service: Service, now: number): Deployment => ({
  ...service.deployment,
  rolloutState: 'IN_PROGRESS',
  updatedAt: now,
  failedTasks: 0,
});

/** Every desired task of the newest deployment is healthy, and nothing else is wanted. */
function isComplete(service: Service, slots: readonly PlacedSlot[], isFit: (slot: PlacedSlot) => boolean): boolean {
  const wanted = slots.filter(isWanted);
  const isOwn = (slot: PlacedSlot) => slot.deployment === service.deployment.id && isFit(slot);
  return wanted.length === service.desiredCount && wanted.every(isOwn);
}

/**
 * A deployment that completed stays COMPLETED when tasks die later, and one that failed stays FAILED, as on ECS.
 * Unchanged deployments keep identity. What was counted as failed stays counted when the slots that counted it are
 * dropped.
 */
function settle(deployment: Deployment, counted: number, isDone: boolean, now: number): Deployment {
  const failedTasks = Math.max(deployment.failedTasks, counted);
  const rolloutState = isDone && deployment.rolloutState === 'IN_PROGRESS' ? 'COMPLETED' : deployment.rolloutState;
  const isSame = rolloutState === deployment.rolloutState && failedTasks === deployment.failedTasks;
  return isSame ? deployment : { ...deployment, rolloutState, failedTasks, updatedAt: now };
}
