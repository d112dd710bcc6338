import type { Clock } from '#control/ports.ts';

/** The wall clock of this machine. */
export const systemClock: Clock = { now: () => Date.now() };
