import type { Deployment } from '../model/service.ts';
import { placementComplaint } from './placement-complaint.ts';
import { newestCompleted, rollbackTarget } from './rollback.ts';
import type { ServiceOutlook } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { countPhase, isWanted, type PlacedSlot } from './slots.ts';

/** What planners of deployments tell alike: whether the service is where it shall be, and what keeps it from there. */
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
