import { Fault } from '#core/fault.ts';
import type { RolloutConfiguration, TrafficSplit } from '#core/model/rollout.ts';
import { shiftsTraffic, strategyOf } from '#core/service/rollout-rules.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ServiceId } from '../records.ts';

/** Throws Unsupported when deployments would shift traffic and nothing here can do that. */
export function requireRouter({ router }: Pick<Dependencies, 'router'>, rollout: RolloutConfiguration): void {
  if (router || !shiftsTraffic(rollout)) return;
  throw new Fault(
    'Unsupported',
    `${strategyOf(rollout)} deployments shift traffic between two service revisions, and this installation has no load balancer to shift it with: use the strategy ROLLING.`,
  );
}

/** Makes a split hold. Faults: Unavailable; the work is then delivered again. */
export async function routeTraffic(
  { router }: Pick<Dependencies, 'router'>,
  id: ServiceId,
  split: TrafficSplit,
): Promise<void> {
  if (!router) throw new Fault('Unavailable', `Nothing here shares out the traffic of service ${id.service}.`);
  await router.route(id, split);
}
