import { healthyFrom, type PlacedSlot } from './slots.ts';

/** Rule R16: when the first slot that backs off may start. It matters only while tasks are missing. */
export function nextRetry(primary: readonly PlacedSlot[], now: number): number | undefined {
  const waiting = primary.filter(({ phase }) => phase === 'empty');
  return firstAfter(
    now,
    waiting.map(({ notBefore }) => notBefore),
  );
}

/** When the next task becomes healthy, which is what a rollout waits for. */
export function nextHealthy(primary: readonly PlacedSlot[], healthyAfter: number, now: number): number | undefined {
  return firstAfter(
    now,
    primary.map((slot) => healthyFrom(slot, healthyAfter)),
  );
}

/** When the next protection ends that keeps a task which is to go. */
export function nextUnprotected(wanted: readonly PlacedSlot[], now: number): number | undefined {
  return firstAfter(
    now,
    wanted.map(({ protectedUntil }) => protectedUntil),
  );
}

export const earliest = (...instants: readonly (number | undefined)[]): number | undefined => {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};

/** The first of them that is still to come: what is past changes nothing any more. */
export const firstAfter = (now: number, instants: readonly (number | undefined)[]): number | undefined =>
  earliest(...instants.filter((at) => at !== undefined && at > now));
