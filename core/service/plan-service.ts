import { assertNever } from '../assert-never.ts';
import type { AnyService } from '../model/task-set.ts';
import type { Timings } from '../timings.ts';
import { planReplicas } from './plan-replicas.ts';
import { planTaskSets } from './plan-task-sets.ts';
import type { ServicePlan } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';

/** Decides the next step of a service: a pure function from what is wanted and what stands to a plan. */
export function planService(
  snapshot: ServiceSnapshot<AnyService>,
  now: number,
  timings: Pick<Timings, 'healthyAfter'>,
): ServicePlan {
  const { service } = snapshot;
  switch (service.scheduler) {
    case 'replicas':
      return planReplicas({ ...snapshot, service }, now, timings);
    case 'task-sets':
      return planTaskSets({ ...snapshot, service }, now, timings);
    default:
      return assertNever(service);
  }
}
