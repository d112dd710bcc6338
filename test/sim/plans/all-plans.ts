import { crashPoints } from './crash-points.ts';
import { dropEachEvent } from './drop-each-event.ts';
import type { DirectedPlan } from './plan-report.ts';
import { staleEachRead } from './stale-each-read.ts';
import { workerPause } from './worker-pause.ts';

/** Every directed plan, by the name it is run under. */
export const PLANS: Readonly<Record<string, DirectedPlan>> = {
  'crash-points': crashPoints,
  'drop-each-event': dropEachEvent,
  'stale-each-read': staleEachRead,
  'worker-pause': workerPause,
};
