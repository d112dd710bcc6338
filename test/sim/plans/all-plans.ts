import { clockDrift, clockJump } from './clocks.ts';
import { crashPoints } from './crash-points.ts';
import { diskFull } from './disk-full.ts';
import { dropEachEvent } from './drop-each-event.ts';
import { failEachCall } from './fail-each-call.ts';
import { FENCE_PLANS } from './fence.ts';
import { clonedIdentity, lostIdentity, restoredDisk } from './identity.ts';
import { lateResponse } from './late-response.ts';
import { massExpiry } from './mass-expiry.ts';
import { outage3Hours, outage10Minutes, outage25Hours } from './outage.ts';
import type { DirectedPlan } from './plan-report.ts';
import { poison } from './poison.ts';
import { staleEachRead } from './stale-each-read.ts';
import { stampede } from './stampede.ts';
import { stopDuringStart } from './stop-during-start.ts';
import { workerPause } from './worker-pause.ts';

/** Every directed plan, by the name it is run under. */
export const PLANS: Readonly<Record<string, DirectedPlan>> = {
  'crash-points': crashPoints,
  'fail-each-call': failEachCall,
  'drop-each-event': dropEachEvent,
  'stale-each-read': staleEachRead,
  'worker-pause': workerPause,
  'late-response': lateResponse,
  'stop-during-start': stopDuringStart,
  stampede,
  poison,
  'disk-full': diskFull,
  'cloned-identity': clonedIdentity,
  'restored-disk': restoredDisk,
  'lost-identity': lostIdentity,
  'clock-jump': clockJump,
  'clock-drift': clockDrift,
  'mass-expiry': massExpiry,
  'outage-10-min': outage10Minutes,
  'outage-3-h': outage3Hours,
  'outage-25-h': outage25Hours,
  ...FENCE_PLANS,
};
