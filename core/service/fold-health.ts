import type { ServiceAction } from './service-plan.ts';
import { type ServiceSnapshot, slotName } from './service-snapshot.ts';
import type { PlacedSlot } from './slots.ts';

/** Slots together with the actions that write down what was taken in. */
export interface Folded {
  readonly slots: readonly PlacedSlot[];
  readonly actions: readonly ServiceAction[];
}

/**
 * Takes in what agents reported of the health of tasks that run. A task whose agent says anything of it has a check, so
 * from here on the check alone says whether it is healthy.
 */
export function foldHealth(
  slots: readonly PlacedSlot[],
  { seenHealth }: Pick<ServiceSnapshot, 'seenHealth'>,
  now: number,
): Folded {
  if (!seenHealth || seenHealth.size === 0) return { slots, actions: [] };
  const newsOf = (slot: PlacedSlot) => {
    const status = slot.phase === 'running' ? seenHealth.get(slotName(slot)) : undefined;
    return status === slot.health?.status ? undefined : status;
  };
  return {
    slots: slots.map((slot) => {
      const status = newsOf(slot);
      return status ? { ...slot, health: { status, at: now } } : slot;
    }),
    actions: slots.flatMap((slot): ServiceAction[] => {
      const status = newsOf(slot);
      const { deployment, index, epoch } = slot;
      return status ? [{ kind: 'fold-health', deployment, index, epoch, status }] : [];
    }),
  };
}
