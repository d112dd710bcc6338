import { eachPoint } from './each-point.ts';
import type { DirectedPlan } from './plan-report.ts';

/** Whoever makes a call dies before it, or after it; or the call is applied and its caller told that it failed. */
export const crashPoints: DirectedPlan = (options) =>
  eachPoint(options, {
    // Events have no process that could die with them: the plan drop-each-event is theirs.
    isWanted: ({ port }) => port !== 'event',
    verdicts: [{ kind: 'crash-before' }, { kind: 'crash-after' }, { kind: 'lose-answer' }],
  });
