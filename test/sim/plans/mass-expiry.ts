import type { SimWorld } from '../world/open-world.ts';
import type { DirectedPlan } from './plan-report.ts';
import { inTurn, populate, scripted, undisturbed } from './scripted.ts';

const AWAY_MS = 40_000;

/** All agents, then six of ten, are cut off for two leases: the brake (rule R13) believes nobody dead. */
export const massExpiry: DirectedPlan = inTurn('mass expiry', [
  scripted('all of 5', 5, (sim) => cutOff(sim, 5)),
  scripted('3 of 5', 5, (sim) => cutOff(sim, 3)),
  scripted('6 of 10', 10, (sim) => cutOff(sim, 6)),
]);

async function cutOff(sim: SimWorld, count: number): Promise<void> {
  await populate(sim);
  const away = sim.agents.slice(0, count);
  await undisturbed(sim, `because ${count} of ${sim.agents.length} were cut off`, async () => {
    for (const { link } of away) Object.assign(link, { inbound: false, outbound: false });
    await sim.run(AWAY_MS);
    for (const { link } of away) Object.assign(link, { inbound: true, outbound: true });
    await sim.run(2 * AWAY_MS);
  });
}
