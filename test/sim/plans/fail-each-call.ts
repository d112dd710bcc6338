import { eachPoint } from './each-point.ts';
import type { DirectedPlan } from './plan-report.ts';

/** Longer than an agent waits for the control plane, and than several heartbeats. */
const SLOW_MS = 12_000;

/** Each call is refused without effect, or answered late, and whoever made it lives on. */
export const failEachCall: DirectedPlan = (options) =>
  eachPoint(options, {
    isWanted: ({ port }) => port !== 'event',
    verdicts: [{ kind: 'fail-before' }, { kind: 'delay', ms: SLOW_MS }],
  });
