import { settled, update } from '../reference/reference-scenario.ts';
import type { SimWorld } from '../world/open-world.ts';
import type { DirectedPlan } from './plan-report.ts';
import { inTurn, populate, scripted, undisturbed } from './scripted.ts';

const HOUR_MS = 3_600_000;
const WATCHED_MS = 120_000;

/** A wall clock jumps by an hour, an agent's or the functions': leases are counted on one that does not (rule R4). */
export const clockJump: DirectedPlan = inTurn(
  'clock jump',
  [HOUR_MS, -HOUR_MS].flatMap((ms) => [
    scripted(`an agent's, by ${ms} ms`, 3, (sim) =>
      afterwards(sim, () => {
        const [first] = sim.agents;
        if (first) first.clock.jumpMs = ms;
      }),
    ),
    scripted(`the functions', by ${ms} ms`, 3, (sim) =>
      afterwards(sim, () => {
        sim.context.clockJumpMs = ms;
      }),
    ),
  ]),
);

/** An agent's clocks run a tenth too fast or too slow. */
export const clockDrift: DirectedPlan = inTurn(
  'clock drift',
  [0.9, 1.1].map((rate) =>
    scripted(`rate ${rate}`, 3, (sim) =>
      afterwards(sim, () => {
        const [first] = sim.agents;
        if (!first) return;
        first.clock.rate = rate;
        // A clock that changes its rate while it runs would jump: the agent begins anew on it.
        first.restart();
      }),
    ),
  ),
);

/** Nothing stops and nobody is lost; and work goes on. */
async function afterwards(sim: SimWorld, change: () => void): Promise<void> {
  await populate(sim);
  await undisturbed(sim, 'because of a clock', async () => {
    change();
    await sim.run(WATCHED_MS);
  });
  await update(sim, 'web', { taskDefinition: 'web:2' });
  await settled(sim, 'roll after a clock went wrong');
}
