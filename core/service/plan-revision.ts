import type { Deployment, Service } from '../model/service.ts';
import type { Timings } from '../timings.ts';
import { planReplicas } from './plan-replicas.ts';
import type { ServiceAction } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';

export interface RevisionPlan {
  readonly actions: readonly ServiceAction[];
  /** The deployment with its failures counted; the same object while nothing changes. */
  readonly deployment: Deployment;
  /** As many tasks as wanted run, and all of them are healthy. */
  readonly isWhole: boolean;
  readonly complaint?: string;
  readonly nextCheckAt?: number;
}

/**
 * Plans the tasks of one deployment as if they were a service of their own: two deployments that run side by side each
 * have the full count, and each is mended with tasks of its own kind.
 */
export function planRevision(
  snapshot: ServiceSnapshot,
  deployment: Deployment,
  desiredCount: number,
  now: number,
  timings: Pick<Timings, 'healthyAfter' | 'minute' | 'balance'>,
): RevisionPlan {
  const { circuitBreaker: _breaker, stopDeployment: _stop, rollout: _rollout, ...plain } = snapshot.service;
  // Zones are made even when traffic has stopped moving.
  const service: Service = { ...plain, availabilityZoneRebalancing: 'DISABLED' };
  const { actions, outlook } = planReplicas(
    {
      ...snapshot,
      service: { ...service, deployment, desiredCount },
      state: snapshot.state && { ...snapshot.state, deployments: [{ ...deployment, rolloutState: 'IN_PROGRESS' }] },
      chunks: snapshot.chunks.filter((chunk) => chunk.deployment === deployment.id),
    },
    now,
    timings,
  );
  const planned = outlook.deployments[0];
  const failedTasks = planned?.failedTasks ?? deployment.failedTasks;
  return {
    actions,
    deployment: failedTasks === deployment.failedTasks ? deployment : { ...deployment, failedTasks, updatedAt: now },
    isWhole: planned?.rolloutState === 'COMPLETED',
    ...(outlook.complaint === undefined ? {} : { complaint: outlook.complaint }),
    ...(outlook.nextCheckAt === undefined ? {} : { nextCheckAt: outlook.nextCheckAt }),
  };
}
