import type { Clock } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';

export interface RetryTools {
  readonly clock: Clock;
  readonly rest: (ms: number) => Promise<unknown>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Rests before the second, third and fourth try; jitter keeps those who collided from meeting again. */
const RESTS_MS = [50, 200, 800];
/** What took longer is left to the queue, for the function may not run for ever. */
const GIVE_UP_MS = 5_000;

/**
 * Repeats work that kept losing to other writers. The queue would bring it again only when the visibility timeout is
 * over, minutes later, and count the delivery; whoever won is done in a moment. Any other error is not for repeating.
 */
export async function retryContended<T>({ clock, rest, random }: RetryTools, work: () => Promise<T>): Promise<T> {
  const until = clock.now() + GIVE_UP_MS;
  for (const ms of RESTS_MS) {
    try {
      return await work();
    } catch (error) {
      const isContended = error instanceof Fault && error.code === 'Contended';
      if (!isContended || clock.now() >= until) throw error;
    }
    await rest(ms * (0.5 + random()));
  }
  return work();
}
