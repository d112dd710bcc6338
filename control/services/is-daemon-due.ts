import { planService } from '#core/service/plan-service.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ServiceId } from '../records.ts';
import { readService } from './read-service.ts';
import { isSameOutlook } from './service-outlook.ts';

/**
 * True when a reconcile would change something. A daemon's own items do not tell whether it is as it should be: a
 * machine may have joined or changed without anybody hearing of it, so the sweep asks the planner itself.
 */
export async function isDaemonDue(deps: Dependencies, id: ServiceId): Promise<boolean> {
  const reading = await readService(deps, id);
  if (!reading) return false;
  const now = deps.clock.now();
  const { actions, outlook } = planService(reading.snapshot, now, deps.timings);
  return actions.length > 0 || !isSameOutlook(reading.snapshot, outlook, now);
}
