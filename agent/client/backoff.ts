import type { Timings } from '#core/timings.ts';

/** Full jitter: uniform between zero and a bound that doubles with every failure, so a crowd of agents spreads out. */
export function fullJitter(failures: number, first: number, max: number, random: () => number): number {
  return random() * Math.min(max, first * 2 ** Math.min(failures, 16));
}

/**
 * How long an agent waits before it registers or reports again. Two heartbeats at most, so that its lease is held again
 * that soon after any outage (L5); on average a try per heartbeat is no more than what the control plane answers on any day.
 */
export const reconnectDelay = (
  failures: number,
  { reconnect, reconnectMax, heartbeat }: Pick<Timings, 'reconnect' | 'reconnectMax' | 'heartbeat'>,
  random: () => number,
): number => fullJitter(failures, reconnect, Math.min(reconnectMax, 2 * heartbeat), random);
