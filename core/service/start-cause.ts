import type { StartCause } from '../model/task.ts';
import type { AnyService } from '../model/task-set.ts';
import type { ServiceOutlook } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { isWanted, slotsOf } from './slots.ts';

interface Start {
  readonly deployment: string;
  readonly index: number;
  readonly epoch: number;
}

/**
 * Why a service starts a task: nobody could tell later, because a slot forgets. A deployment that is not complete starts
 * its own tasks; a complete one makes up for what it lost, unless the intent has just changed.
 */
export function startCause(
  { service, state, chunks }: ServiceSnapshot<AnyService>,
  { rebalanceNews }: ServiceOutlook,
  { deployment, index, epoch }: Start,
): StartCause {
  if (rebalanceNews?.kind === 'started') return 'rebalance';
  const slots = slotsOf(chunks);
  const slot = slots.find((one) => one.deployment === deployment && one.index === index);
  if (slot && slot.failures > 0) return 'replacement';
  const isComplete = state?.deployments.some((one) => one.id === deployment && one.rolloutState === 'COMPLETED');
  if (!isComplete) return epoch === 1 ? 'deployment' : 'replacement';
  if (state?.generation !== service.generation) return 'scale-out';
  return slots.some((one) => isWanted(one) && one.leaving) ? 'drain' : 'replacement';
}
