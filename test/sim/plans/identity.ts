import { settled } from '../reference/reference-scenario.ts';
import type { SimWorld } from '../world/open-world.ts';
import type { SimAgent } from '../world/sim-agent.ts';
import type { DirectedPlan } from './plan-report.ts';
import { inTurn, populate, runningTasks, scripted } from './scripted.ts';

const TIME_MS = 60_000;

/** A copied disk runs twice: exactly one of the two stays (rule R12), and no report of the other is taken (S8). */
export const clonedIdentity: DirectedPlan = inTurn('cloned identity', [
  scripted('the copy comes while the original runs', 3, (sim) => clone(sim, 0)),
  scripted('both start at once', 3, (sim) => clone(sim, 1)),
  scripted('the original has begun anew before the copy comes', 3, (sim) => clone(sim, 2)),
]);

async function clone(sim: SimWorld, restarts: 0 | 1 | 2): Promise<void> {
  await populate(sim);
  const [original] = sim.agents;
  if (!original) return;
  const { disk } = original;
  const copy = sim.addAgent('copy');
  copy.disk = disk;
  original.mayGiveUp = true;
  copy.mayGiveUp = true;
  if (restarts > 0) original.restart();
  if (restarts === 2) await sim.run(TIME_MS / 2);
  copy.start();
  await sim.run(TIME_MS);
  const gone = [original, copy].filter(({ hasGivenUp }) => hasGivenUp);
  const [loser] = gone;
  if (gone.length !== 1 || !loser) {
    sim.context.violated('S8', `${gone.length} of two agents with one identity gave up`);
    return;
  }
  if (restarts === 2 && loser === original) sim.context.violated('R12', 'the copy of an old disk won');
  retire(sim, loser);
}

/** What an operator does with a machine that was turned away. */
function retire({ oracles }: SimWorld, agent: SimAgent): void {
  agent.destroy();
  agent.disk = { identity: undefined, book: undefined };
  oracles.machines.machineDied(agent);
}

/** A machine comes back with a disk from before. */
export const restoredDisk: DirectedPlan = inTurn('restored disk', [
  scripted('the book of before', 3, (sim) => restore(sim, (now, old) => ({ ...now, book: old.book }))),
  scripted('no book', 3, (sim) => restore(sim, (now) => ({ ...now, book: undefined }))),
  scripted('identity and book of before', 3, (sim) => restoreIdentity(sim, (old) => old)),
  scripted('identity of before, no book', 3, (sim) =>
    restoreIdentity(sim, ({ identity }) => ({ identity, book: undefined })),
  ),
]);

/** The identity is gone and the book is not: a new machine that ends what the old one ran, which runs elsewhere (S10). */
export const lostIdentity: DirectedPlan = scripted('lost identity', 3, async (sim) => {
  const [agent] = sim.agents;
  if (!agent) return;
  await populate(sim);
  const old = agent.instanceId;
  agent.crash();
  agent.disk = { ...agent.disk, identity: undefined };
  agent.restart();
  await sim.run(TIME_MS);
  if (agent.instanceId === undefined || agent.instanceId === old)
    sim.context.violated('L5', 'the machine did not register anew');
  // What was nobody's ran here and ended with the old machine; the service is whole again.
  await sim.run(TIME_MS);
});

type Disk = SimAgent['disk'];

/** The identity is the newest one: what runs goes on running, and nothing starts a second time. */
async function restore(sim: SimWorld, damage: (now: Disk, old: Disk) => Disk): Promise<void> {
  const [agent] = sim.agents;
  if (!agent) return;
  const old = agent.disk;
  await populate(sim);
  const before = runningTasks(sim);
  agent.crash();
  agent.disk = damage(agent.disk, old);
  agent.restart();
  await sim.run(TIME_MS);
  await settled(sim, 'after the restore');
  if (JSON.stringify(runningTasks(sim)) !== JSON.stringify(before))
    sim.context.violated('S11', 'a restored task book changed what runs');
}

/** The identity names an old epoch, as a copy's would: the agent is turned away and its tasks run elsewhere. */
async function restoreIdentity(sim: SimWorld, damage: (old: Disk) => Disk): Promise<void> {
  const [agent] = sim.agents;
  if (!agent) return;
  const old = agent.disk;
  agent.restart();
  await populate(sim);
  agent.crash();
  agent.mayGiveUp = true;
  agent.disk = damage(old);
  agent.restart();
  await sim.run(TIME_MS);
  if (!agent.hasGivenUp) sim.context.violated('R12', 'an identity of an old epoch was accepted');
  agent.destroy();
  sim.oracles.machines.machineDied(agent);
  await sim.run(TIME_MS);
}
