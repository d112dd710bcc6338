import { timingsAt } from '#core/timings.ts';
import { type FaultPlan, GO } from '../ports/port-call.ts';
import type { SimWorld } from '../world/open-world.ts';
import type { DirectedPlan } from './plan-report.ts';
import { populate, scripted, undisturbed, untilLeased } from './scripted.ts';

const AGENTS = 100;
const AWAY_MS = 120_000;
/** What the control plane can answer, in heartbeats of all agents at their usual pace. */
const CAPACITY = 2;
const RECOVERY_MS = 45_000;

/**
 * A hundred agents lose the control plane and find it again at the same moment, and it answers only twice as many
 * calls as on any other day: whoever is turned away backs off, everybody holds a lease soon, and nobody is lost.
 */
export const stampede: DirectedPlan = scripted(`stampede of ${AGENTS}`, AGENTS, async (sim) => {
  await populate(sim, { service: AGENTS / 2, standalone: 5 });
  let leasedAfter = 0;
  await undisturbed(sim, 'a stampede after an outage', async () => {
    sim.context.seam.plan = limited(sim);
    sim.nemesis.outage(AWAY_MS);
    await sim.run(AWAY_MS);
    leasedAfter = await untilLeased(sim, RECOVERY_MS);
    await sim.run(RECOVERY_MS);
  });
  sim.context.seam.plan = () => GO;
  return `everybody held a lease ${leasedAfter} ms after the outage`;
});

/** Refuses calls of agents beyond what the control plane answers in one second. */
function limited({ context }: SimWorld): FaultPlan {
  const perSecond = (CAPACITY * AGENTS * 1_000) / timingsAt().heartbeat;
  let second = 0;
  let served = 0;
  return ({ port, operation }) => {
    if (port !== 'wire' || operation === 'listen' || context.isOutage) return GO;
    const now = Math.floor(context.time.elapsed / 1_000);
    if (now !== second) {
      second = now;
      served = 0;
    }
    served += 1;
    return served > perSecond ? { kind: 'fail-before' } : GO;
  };
}
