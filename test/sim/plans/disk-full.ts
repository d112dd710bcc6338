import { GO } from '../ports/port-call.ts';
import { run, settled } from '../reference/reference-scenario.ts';
import type { DirectedPlan } from './plan-report.ts';
import { populate, runningTasks, scripted } from './scripted.ts';

const FULL_MS = 120_000;

/** An agent cannot save anything for two minutes: what runs there goes on, nothing new starts there, and the agent lives. */
export const diskFull: DirectedPlan = scripted('disk full', 2, async (sim) => {
  await populate(sim);
  const [full] = sim.agents;
  const before = runningTasks(sim);
  const there = full?.machine.counts.start ?? 0;
  sim.context.seam.plan = ({ port, host }) => (port === 'disk' && host === full?.name ? { kind: 'fail-before' } : GO);
  await run(sim, 4, 'while full');
  await sim.run(FULL_MS / 2);
  full?.restart();
  await sim.run(FULL_MS / 2);
  if ((full?.machine.counts.start ?? 0) > there)
    sim.context.violated('R8', `${full?.name} started a container that it could not remember`);
  const now = runningTasks(sim);
  if (full?.restarts !== 1) sim.context.violated('F40', `the agent of ${full?.name} died of its full disk`);
  const gone = before.filter((name) => !now.includes(name));
  if (gone.length > 0) sim.context.violated('S11', `${gone.length} containers stopped because a disk was full`);
  sim.context.seam.plan = () => GO;
  await settled(sim, 'there is room again');
});
