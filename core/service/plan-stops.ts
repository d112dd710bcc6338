import type { ScaleInOrder } from './scale-in-order.ts';
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
  readonly order: ScaleInOrder;
  readonly isFit: (slot: PlacedSlot) => boolean;
  readonly isProtected: (slot: PlacedSlot) => boolean;
}

/**
 * Stops what is not wanted any more: tasks that leave, and those above the desired count, as the scale-in order says.
 * Tasks that never ran cost nothing and go at once; the others only while enough run, and while enough are healthy:
 * a task that is not healthy yet costs no health either, but it leaves only when those that stay are healthy.
 * Protected tasks stay until their protection ends, also above the desired count.
 */
export function planStops({
  desired,
  good,
  leaving,
  spare,
  order,
  isFit,
  isProtected,
}: StopQuestion): readonly ServiceAction[] {
  const free = leaving.filter((slot) => !isProtected(slot));
  const excess = excessOf(
    good.filter((slot) => !isProtected(slot)),
    good.length - desired,
    order,
  );
  const mayRun = Math.max(0, spare.running);
  // What is not fit may leave only while those that stay are healthy; what is too many anyway may go first.
  const isUnfit = (slot: PlacedSlot) => !isPending(slot) && !isFit(slot);
  const unfit = firstOf(spare.healthy >= 0 ? free.filter(isUnfit) : [], excess.filter(isUnfit), mayRun, order);
  const mayBeHealthy = Math.max(0, Math.min(spare.healthy, spare.running - unfit.length));
  const isRunningFit = (slot: PlacedSlot) => !isPending(slot) && isFit(slot);
  const fit = firstOf(free.filter(isRunningFit), excess.filter(isRunningFit), mayBeHealthy, order);
  const pending = [...free, ...excess].filter(isPending);
  return [...pending, ...unfit, ...fit].map((slot) => ({
    kind: 'stop',
    deployment: slot.deployment,
    index: slot.index,
    epoch: slot.epoch,
    healthy: !isPending(slot),
  }));
}

/** How many of the planned stops take a task that runs: what the stops of others may no longer spare. */
export const healthyStops = (stops: readonly ServiceAction[]): number =>
  stops.filter((stop) => stop.kind === 'stop' && stop.healthy).length;

/** Tasks above the desired count: those that do not run yet first. */
function excessOf(good: readonly PlacedSlot[], count: number, order: ScaleInOrder): readonly PlacedSlot[] {
  const pending = order.take(good.filter(isPending), count);
  return [
    ...pending,
    ...order.take(
      good.filter((slot) => !isPending(slot)),
      count - pending.length,
    ),
  ];
}

/** Up to `count` tasks, those that leave before those that are too many; the latter are in order already. */
const firstOf = (
  leaving: readonly PlacedSlot[],
  excess: readonly PlacedSlot[],
  count: number,
  order: ScaleInOrder,
): readonly PlacedSlot[] => [...order.take(leaving, count), ...excess].slice(0, count);

/** A failed deployment replaces nothing any more: what it was to replace stays, but for what the service no longer wants. */
export const surplus = (leaving: readonly PlacedSlot[], count: number, order: ScaleInOrder): readonly PlacedSlot[] =>
  excessOf(leaving, count, order);

const isPending = (slot: PlacedSlot): boolean => slot.phase === 'started';
