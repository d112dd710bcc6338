import { eachPoint } from './each-point.ts';
import type { DirectedPlan } from './plan-report.ts';

/** Each stream record, queue message and bell is lost, or comes twice, or comes later than everything it caused. */
export const dropEachEvent: DirectedPlan = (options) =>
  eachPoint(options, {
    isWanted: ({ port }) => port === 'event',
    verdicts: [{ kind: 'drop' }, { kind: 'duplicate' }, { kind: 'delay', ms: 40_000 }],
  });
