const MINUTE_MS = 60_000;
const EVERY_MINUTES = 5;

/**
 * Whether the sweep of this minute also looks for what only a lost event can leave behind and what costs much reading to
 * find: one minute in five.
 */
export const isSlowSweep = (now: number): boolean => Math.floor(now / MINUTE_MS) % EVERY_MINUTES === 0;
