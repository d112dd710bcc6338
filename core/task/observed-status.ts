import type { ObservedStatus } from '../model/task.ts';

const ORDER: Readonly<Record<ObservedStatus, number>> = { PENDING: 1, RUNNING: 2, STOPPED: 3 };

/** Invariant S7: an observation only moves right; repeating it is no move. */
export const isForward = (before: ObservedStatus | undefined, after: ObservedStatus): boolean =>
  before === undefined || ORDER[after] > ORDER[before];
