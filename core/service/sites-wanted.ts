import { serviceLimits } from './limits.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { countPhase, isWanted, slotsOf } from './slots.ts';
import { isRebalanced } from './zone-rebalancing.ts';

/**
 * What a plan may need to know about where the service's tasks are: nothing, where they are, or also where the next one
 * would go. Most plans need nothing, and then no instance is read.
 */
export function sitesWanted({
  service,
  state,
  chunks,
}: Pick<ServiceSnapshot, 'service' | 'state' | 'chunks'>): 'nothing' | 'where' | 'where-next' {
  // With nothing desired everything stops, in whichever order.
  if (service.status !== 'ACTIVE' || service.desiredCount === 0) return 'nothing';
  const wanted = slotsOf(chunks).filter(isWanted);
  const isGood = ({ deployment, leaving }: (typeof wanted)[number]) => deployment === service.deployment.id && !leaving;
  const good = wanted.filter(isGood);
  const running = countPhase(wanted, 'running');
  if (isRebalanced(service)) {
    const isUnderWay = state?.rebalance !== undefined && state.rebalance.kind !== 'resting';
    const isSteady = state?.steady === true && state.generation === service.generation;
    const isQuiet = isSteady && running === service.desiredCount && good.length === wanted.length;
    if (isUnderWay || (isQuiet && wanted.length === running && running >= 2)) return 'where-next';
  }
  const isAnyLeaving = good.length < wanted.length && running > serviceLimits(service).minimum;
  return isAnyLeaving || good.length > service.desiredCount ? 'where' : 'nothing';
}
