import type { Clock } from '#control/ports.ts';

export interface SteppedClock extends Clock {
  advance(ms: number): void;
  set(now: number): void;
}

/** A clock that stands still until the test moves it. */
export function steppedClock(start = Date.UTC(2026, 0, 1)): SteppedClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    set: (to) => {
      now = to;
    },
  };
}
