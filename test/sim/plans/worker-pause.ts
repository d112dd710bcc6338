import { eachPoint } from './each-point.ts';
import type { DirectedPlan } from './plan-report.ts';

const MINUTE = 60_000;

/** A function stands still for minutes with an answer in hand, and goes on when the world has moved on. */
export const workerPause: DirectedPlan = (options) =>
  eachPoint(options, {
    // A request is not among them: the client that gave it up knows that it may still take effect.
    isWanted: ({ port, role }) => port === 'store' && role !== 'ecsApi',
    verdicts: [5, 15].map((minutes) => ({ kind: 'pause', ms: minutes * MINUTE })),
    tailMs: 16 * MINUTE,
  });
