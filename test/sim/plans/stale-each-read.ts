import { eachPoint } from './each-point.ts';
import type { DirectedPlan } from './plan-report.ts';

/** Each read of the index is answered with what stood there one, two or three changes before. */
export const staleEachRead: DirectedPlan = (options) =>
  eachPoint(options, {
    isWanted: ({ operation }) => operation === 'queryIndex',
    verdicts: [1, 2, 3].map((age) => ({ kind: 'stale', age })),
  });
