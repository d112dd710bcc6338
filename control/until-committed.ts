import { Fault } from '#core/fault.ts';
import type { CommitOutcome } from './ports.ts';

/** Returned by an attempt whose transaction met a conflict: what it read is old, so it must read again. */
export const CONFLICT: unique symbol = Symbol('conflict');

/** What an attempt answers whose last step is its transaction. */
export const unlessConflict = (outcome: CommitOutcome): undefined | typeof CONFLICT =>
  outcome.kind === 'conflict' ? CONFLICT : undefined;

const MAX_ATTEMPTS = 12;

/**
 * Repeats read-decide-write until the write commits. A conflict means "read again", never "force".
 * Throws Fault Contended when others win too often; a queue message is then delivered again, a client retries.
 */
export async function untilCommitted<T>(
  what: string,
  attempt: (number: number) => Promise<T | typeof CONFLICT>,
): Promise<T> {
  for (let number = 1; number <= MAX_ATTEMPTS; number += 1) {
    const result = await attempt(number);
    if (result !== CONFLICT) return result;
  }
  throw new Fault('Contended', `${what}: ${MAX_ATTEMPTS} attempts met concurrent writes`);
}
