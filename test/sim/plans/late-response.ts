import { stopTask } from '#control/tasks/stop-task.ts';
import { GO } from '../ports/port-call.ts';
import { run, settled, update } from '../reference/reference-scenario.ts';
import { ask } from '../reference/scripted-client.ts';
import type { SimWorld } from '../world/open-world.ts';
import type { DirectedPlan } from './plan-report.ts';
import { populate, scripted } from './scripted.ts';

/** Just within an agent's patience with a heartbeat. */
const LATEST_MS = 9_500;
const ROUNDS = 6;

/**
 * Answers to heartbeats come seconds late, while bells bring newer news of tasks that start and stop (rule R7).
 * What an answer says was true when it was given; none of it may undo what the agent has learnt since.
 */
export const lateResponse: DirectedPlan = scripted('late response', 3, async (sim) => {
  await populate(sim);
  const { seam, rng } = sim.context;
  seam.plan = ({ operation }) =>
    operation === 'heartbeat' && rng.chance(0.6) ? { kind: 'delay', ms: rng.between(2_000, LATEST_MS) } : GO;
  for (let round = 0; round < ROUNDS && !sim.isOver(); round += 1) await churn(sim, round);
  seam.plan = () => GO;
  await settled(sim, 'after late responses');
});

/** Starts tasks and stops them again before the heartbeat that was under way can have been answered. */
async function churn(sim: SimWorld, round: number): Promise<void> {
  const { rng } = sim.context;
  const tasks = await run(sim, 2, `run-${round}`);
  await sim.run(rng.between(50, 1_500));
  for (const taskId of tasks) await ask(sim, `stop ${taskId}`, ({ deps }) => stopTask(deps, 'default', taskId));
  await update(sim, 'web', { taskDefinition: `web:${1 + (round % 2)}`, desiredCount: 2 + rng.below(4) });
  await sim.run(rng.between(500, 6_000));
}
