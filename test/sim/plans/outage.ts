import { timingsAt } from '#core/timings.ts';
import { settled, update } from '../reference/reference-scenario.ts';
import type { SimWorld } from '../world/open-world.ts';
import type { DirectedPlan } from './plan-report.ts';
import { populate, scripted, undisturbed, untilLeased } from './scripted.ts';

const RECOVERY_MS = 60_000;
const { heartbeat, heartbeatJitter } = timingsAt();
/** A call that nobody answers is given up after this long. */
const CALL_TIMEOUT_MS = 10_000;
/** L5: two heartbeats and jitter, once the call is over that was under way when the control plane came back. */
const LEASED_MS = CALL_TIMEOUT_MS + 2 * heartbeat * (1 + heartbeatJitter);

/** Nobody reaches the control plane for that long: nothing stops, nobody is lost, and all is as wanted within a minute. */
const outage = (minutes: number): DirectedPlan =>
  scripted(`outage of ${minutes} min`, 3, (sim) => playOutage(sim, minutes * 60_000));

async function playOutage(sim: SimWorld, ms: number): Promise<string> {
  await populate(sim);
  let leasedAfter = 0;
  // What this wakes is under way when the outage begins: the stream gives it up after an hour, and forgets it in a day.
  await update(sim, 'web', { desiredCount: 6 });
  await undisturbed(sim, 'because of an outage', async () => {
    sim.nemesis.outage(ms);
    await sim.run(ms);
    leasedAfter = await untilLeased(sim, LEASED_MS);
    await settled(sim, 'after the outage', RECOVERY_MS);
    // The brake's own memory of it passes too.
    await sim.run(RECOVERY_MS);
  });
  return `everybody held a lease ${leasedAfter} ms after it`;
}

export const outage10Minutes = outage(10);
export const outage3Hours = outage(180);
export const outage25Hours = outage(25 * 60);
