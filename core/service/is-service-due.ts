import type { ServiceState, SlotChunk } from '../model/service.ts';
import type { AnyService } from '../model/task-set.ts';
import { isInFlux, isWanted, slotsOf } from './slots.ts';
import { wantedCount } from './task-sets.ts';

/** True when a service is not as its intent wants it, so that the sweep asks for a reconcile nobody else asked for. */
export function isServiceDue(
  service: AnyService,
  state: ServiceState | undefined,
  chunks: readonly SlotChunk[],
  now: number,
): boolean {
  const slots = slotsOf(chunks);
  if (service.status === 'INACTIVE')
    return slots.some((slot) => slot.phase === 'empty') && slots.every((slot) => slot.phase === 'empty');
  if (!state || state.generation !== service.generation || !state.steady) return true;
  if (state.nextCheckAt !== undefined && state.nextCheckAt <= now) return true;
  const wanted = slots.filter(isWanted);
  return wanted.length !== wantedCount(service) || wanted.some((slot) => isInFlux(slot) || slot.leaving);
}
