import { asRecord, reservations } from '#control/records.ts';
import { create, run, settled } from '../reference/reference-scenario.ts';
import { openWorld, type SimWorld } from '../world/open-world.ts';
import type { DirectedPlan, PlanReport } from './plan-report.ts';

/** Everybody registered and the brake's memory of it passed. */
const START_MS = 15_000;

/** One schedule: a cluster that has started, what the plan makes of it, and an end at which everything is as wanted. */
export const scripted =
  (
    name: string,
    agents: number,
    /** What it resolves to is noted when it is text. */
    play: (sim: SimWorld) => Promise<unknown>,
  ): DirectedPlan =>
  async ({ seed, mutant, trace }) => {
    const sim = await openWorld({ seed, agents, mutant, trace });
    try {
      await sim.run(START_MS);
      await settled(sim, 'start');
      const note = await play(sim);
      await settled(sim, 'the end');
      const violation = sim.violation();
      const failures = violation ? [`${name}: ${violation.invariant} at ${violation.at} ms: ${violation.story}`] : [];
      return { runs: 1, failures, notes: typeof note === 'string' ? [`${name}: ${note}`] : [] };
    } finally {
      sim.close();
    }
  };

/** Several schedules of one plan, one after the other. */
export const inTurn =
  (name: string, plans: readonly DirectedPlan[]): DirectedPlan =>
  async (options) => {
    const done: PlanReport[] = [];
    for (const plan of plans) done.push(await plan(options));
    return {
      runs: done.reduce((sum, { runs }) => sum + runs, 0),
      failures: done.flatMap(({ failures }) => failures.map((failure) => `${name}, ${failure}`)),
      notes: done.flatMap(({ notes }) => notes),
    };
  };

/** A service and some tasks of nobody, all running. */
export async function populate(sim: SimWorld, { service = 4, standalone = 2 } = {}): Promise<void> {
  await create(sim, 'web', service);
  await run(sim, standalone);
  await settled(sim, 'populate');
}

/** Names of all containers of tasks that run now, in order. */
export const runningTasks = ({ agents, oracles }: SimWorld): readonly string[] =>
  agents
    .filter(({ isDestroyed }) => !isDestroyed)
    .flatMap(({ machine }) => machine.list().filter(({ state }) => state === 'running'))
    // Machines run containers of others too.
    .filter(({ labels }) => oracles.committed.tasks.has(labels.task))
    .map(({ name }) => name)
    .sort();

/** From now on: whoever declares a machine lost breaks the invariant. Returns how to allow it again. */
export function forbidLosses({ context }: SimWorld, why: string): () => void {
  const { feed } = context.store;
  let seen = feed.read(0, Number.MAX_SAFE_INTEGER).at(-1)?.seq ?? 0;
  return feed.onCommit(() => {
    for (const { new: item, old, seq } of feed.read(seen, 1_000)) {
      seen = seq;
      if (item?.kind !== reservations.kind || old?.kind !== reservations.kind) continue;
      const [now, before] = [asRecord(reservations, item).value, asRecord(reservations, old).value];
      if (now.agentEpoch === before.agentEpoch && before.schedulable && !now.schedulable)
        context.violated('S13', `${now.instanceId.slice(0, 6)} was declared lost: ${why}`);
    }
  });
}

/** Runs `play`, in which no container that runs may stop and no machine may be declared lost. */
export async function undisturbed(sim: SimWorld, why: string, play: () => Promise<void>): Promise<void> {
  const before = runningTasks(sim);
  const allow = forbidLosses(sim, why);
  await play();
  allow();
  const after = new Set(runningTasks(sim));
  const gone = before.filter((name) => !after.has(name));
  if (gone.length > 0) sim.context.violated('S11', `${gone.length} of ${before.length} containers stopped ${why}`);
}

/** How long it takes until every agent holds a lease again, which L5 bounds. */
export async function untilLeased({ agents, context, run }: SimWorld, withinMs: number): Promise<number> {
  const { time } = context;
  const backAt = time.elapsed;
  const without = (): number => agents.filter(({ leaseUntil = 0 }) => leaseUntil <= time.elapsed).length;
  while (without() > 0 && time.elapsed - backAt <= withinMs) await run(250);
  if (without() > 0)
    context.violated('L5', `${without()} agents hold no lease ${withinMs} ms after the control plane is back`);
  return Math.round(time.elapsed - backAt);
}
