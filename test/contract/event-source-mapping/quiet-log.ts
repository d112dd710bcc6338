import type { Log } from '#control/ports.ts';

const nothing = (): void => undefined;

/** A log nobody reads. */
export const quietLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
