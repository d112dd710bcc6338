import { planService } from '#core/service/plan-service.ts';
import type { Dependencies } from '../dependencies.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { applyServicePlan } from './apply-service-plan.ts';
import { readService } from './read-service.ts';

/** Brings a service one step nearer to what is wanted; a converged one costs no write. */
export async function reconcileService(deps: Dependencies, cluster: string, service: string): Promise<void> {
  await untilCommitted(`reconcile of service ${service}`, async (): Promise<undefined | typeof CONFLICT> => {
    const reading = await readService(deps, { cluster, service });
    if (!reading) return undefined;
    const plan = planService(reading.snapshot, deps.clock.now(), deps.timings);
    return (await applyServicePlan(deps, reading, plan)) === 'conflict' ? CONFLICT : undefined;
  });
}
