import { type Folded, foldHealth } from './fold-health.ts';
import type { ServiceAction } from './service-plan.ts';
import { type ServiceSnapshot, slotName } from './service-snapshot.ts';
import { type PlacedSlot, slotsOf } from './slots.ts';

/** Takes in what agents reported: a started slot seen RUNNING counts as running from here on, and has its health. */
export function foldRunning(
  snapshot: Pick<ServiceSnapshot, 'chunks' | 'seenRunning' | 'seenHealth'>,
  now: number,
): Folded {
  const isNews = (slot: PlacedSlot) => slot.phase === 'started' && snapshot.seenRunning.has(slotName(slot));
  const slots = slotsOf(snapshot.chunks);
  const health = foldHealth(
    slots.map((slot) => (isNews(slot) ? { ...slot, phase: 'running', runningSince: now } : slot)),
    snapshot,
    now,
  );
  const running = slots
    .filter(isNews)
    .map(({ deployment, index, epoch }): ServiceAction => ({ kind: 'fold-running', deployment, index, epoch }));
  return { slots: health.slots, actions: [...running, ...health.actions] };
}
