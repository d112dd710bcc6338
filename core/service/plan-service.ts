import { assertNever } from '../assert-never.ts';
import type { Timings } from '../timings.ts';
import { planReplicas } from './plan-replicas.ts';
import type { ServicePlan } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';

/** Decides the next step of a service: a pure function from what is wanted and what stands to a plan. */
export function planService(
  snapshot: ServiceSnapshot,
  now: number,
  timings: Pick<Timings, 'healthyAfter' | 'balance'>,
): ServicePlan {
  const { scheduler } = snapshot.service;
  switch (scheduler) {
    case 'replicas':
      return planReplicas(snapshot, now, timings);
    default:
      return assertNever(scheduler);
  }
}
