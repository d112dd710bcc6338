import type { ServiceAction } from './service-plan.ts';
import type { PlacedSlot } from './slots.ts';

/** How many tasks may stop and leave the minimum behind. */
export interface Spare {
  readonly running: number;
  readonly healthy: number;
}

interface StopQuestion {
  readonly desired: number;
  readonly good: readonly PlacedSlot[];
  readonly leaving: readonly PlacedSlot[];
  readonly spare: Spare;
  readonly isFit: (slot: PlacedSlot) => boolean;
  readonly isProtected: (slot: PlacedSlot) => boolean;
}

/**
 * Stops what is not wanted any more: tasks that leave, and those above the desired count, newest slots first.
 * Tasks that never ran cost nothing and go at once; the others only while enough run, and while enough are healthy:
 * a task that is not healthy yet costs no health either, but it leaves only when those that stay are healthy.
 * Protected tasks stay until their protection ends, also above the desired count.
 */
export function planStops({
  desired,
  good,
  leaving,
  spare,
  isFit,
  isProtected,
}: StopQuestion): readonly ServiceAction[] {
  const pendingFirst = good.filter((slot) => !isProtected(slot)).sort((a, b) => rank(a) - rank(b) || b.index - a.index);
  const excess = pendingFirst.slice(0, Math.max(0, good.length - desired));
  const unwanted = [...leaving.filter((slot) => !isProtected(slot)), ...excess];
  const running = unwanted.filter((slot) => !isPending(slot));
  const replaced = new Set(leaving);
  const unfit = running
    .filter((slot) => !isFit(slot) && (!replaced.has(slot) || spare.healthy >= 0))
    .slice(0, Math.max(0, spare.running));
  const fit = running.filter(isFit).slice(0, Math.max(0, Math.min(spare.healthy, spare.running - unfit.length)));
  return [...unwanted.filter(isPending), ...unfit, ...fit].map((slot) => ({
    kind: 'stop',
    deployment: slot.deployment,
    index: slot.index,
    epoch: slot.epoch,
    healthy: !isPending(slot),
  }));
}

/** A failed deployment replaces nothing any more: what it was to replace stays, but for what the service no longer wants. */
export const surplus = (leaving: readonly PlacedSlot[], count: number): readonly PlacedSlot[] =>
  [...leaving].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, count));

const isPending = (slot: PlacedSlot): boolean => slot.phase === 'started';
const rank = (slot: PlacedSlot): number => (isPending(slot) ? 0 : 1);
