import type { Deployment, Service } from '../model/service.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { isWanted, type PlacedSlot } from './slots.ts';

export interface DeploymentPlan {
  /** Newest first. */
  readonly kept: readonly Deployment[];
  /** Ids of deployments that are over. */
  readonly retired: ReadonlySet<string>;
}

/** The intent's deployment leads; older ones stay in the list until the last of their tasks is gone. */
export function planDeployments(
  snapshot: ServiceSnapshot,
  slots: readonly PlacedSlot[],
  isStarting: boolean,
  now: number,
): DeploymentPlan {
  const { service, state, chunks } = snapshot;
  const known = state?.deployments ?? [];
  const failed = (id: string): number =>
    chunks.filter((chunk) => chunk.deployment === id).reduce((total, chunk) => total + chunk.failedTasks, 0);
  const occupied = new Set(slots.filter((slot) => slot.phase !== 'empty').map((slot) => slot.deployment));
  const older = known.filter((deployment) => deployment.id !== service.deployment.id);
  const current = known.find((deployment) => deployment.id === service.deployment.id) ?? newDeployment(service, now);
  const isDone = !isStarting && older.every(({ id }) => !occupied.has(id)) && isComplete(service, slots);
  const kept = [
    settle(current, failed(current.id), isDone, now),
    ...older
      .filter(({ id }) => occupied.has(id))
      .map((deployment) => settle(deployment, failed(deployment.id), false, now)),
  ];
  return {
    kept,
    retired: new Set(chunks.map((chunk) => chunk.deployment).filter((id) => kept.every((d) => d.id !== id))),
  };
}

const newDeployment = (service: Service, now: number): Deployment => ({
  ...service.deployment,
  rolloutState: 'IN_PROGRESS',
  updatedAt: now,
  failedTasks: 0,
});

/** Every desired task of the newest deployment runs, and nothing else is wanted. */
function isComplete(service: Service, slots: readonly PlacedSlot[]): boolean {
  const wanted = slots.filter(isWanted);
  const isOwnRunning = (slot: PlacedSlot) => slot.deployment === service.deployment.id && slot.phase === 'running';
  return wanted.length === service.desiredCount && wanted.every(isOwnRunning);
}

/**
 * A deployment that completed stays COMPLETED when tasks die later, as on ECS. Unchanged deployments keep identity.
 * What was counted as failed stays counted when the slots that counted it are dropped.
 */
function settle(deployment: Deployment, counted: number, isDone: boolean, now: number): Deployment {
  const failedTasks = Math.max(deployment.failedTasks, counted);
  const rolloutState = isDone ? 'COMPLETED' : deployment.rolloutState;
  const isSame = rolloutState === deployment.rolloutState && failedTasks === deployment.failedTasks;
  return isSame ? deployment : { ...deployment, rolloutState, failedTasks, updatedAt: now };
}
