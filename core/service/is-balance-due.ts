import type { ServiceSnapshot } from './service-snapshot.ts';
import { isRebalanced } from './zone-rebalancing.ts';

/** True when a steady service's zones should be counted in this sweep, because no event tells that they changed. */
export function isBalanceDue(
  { service, state }: Pick<ServiceSnapshot, 'service' | 'state'>,
  since: number,
  now: number,
  timings: { readonly sweep: number; readonly balance: number },
): boolean {
  if (!state?.steady || service.desiredCount < 2 || !isRebalanced(service)) return false;
  // A sweep is late now and then, so two of them may ask; a look that finds nothing to do writes nothing.
  return (now - since) % timings.balance < 2 * timings.sweep;
}
