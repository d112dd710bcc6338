import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  readonly withinMs: number;
  readonly everyMs?: number;
}

/** What was waited for, and how long it took. */
export interface Waited<T> {
  readonly value: T;
  readonly elapsedMs: number;
}

/**
 * Reads until `isThere` holds. The error after the deadline shows the last value, so that a failure explains itself.
 * A value read after the deadline counts only when it was asked for before it.
 */
export async function waitUntil<T>(
  what: string,
  read: () => T | Promise<T>,
  isThere: (value: T) => boolean,
  { withinMs, everyMs = 50 }: WaitOptions,
): Promise<Waited<T>> {
  const began = performance.now();
  for (;;) {
    const elapsedMs = performance.now() - began;
    const value = await read();
    if (isThere(value)) return { value, elapsedMs: performance.now() - began };
    if (elapsedMs >= withinMs) throw new Error(`${what}: not within ${withinMs} ms; last seen: ${show(value)}`);
    await pause(everyMs);
  }
}

const MAX_SHOWN = 4_000;

const show = (value: unknown): string => (JSON.stringify(value, undefined, 1) ?? String(value)).slice(0, MAX_SHOWN);
