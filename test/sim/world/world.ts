import type { Clock } from '#control/ports.ts';
import { timingsAt } from '#core/timings.ts';
import type { Rule } from '../mutants/mutants.ts';
import type { Oracles } from '../oracles/oracles.ts';
import { randomFaults } from '../ports/random-faults.ts';
import type { SimStore } from '../store/twin-store.ts';
import { openWorld, type Violation } from './open-world.ts';
import { Operator } from './operator.ts';
import { NO_FAULTS, someFaults } from './plan.ts';
import type { SimContext } from './sim-context.ts';

export interface SimOptions {
  readonly seed: number;
  readonly mutant?: Rule;
  /** A directed plan instead of a random one: nothing fails but the control plane, once, for this long. */
  readonly outageMs?: number;
  readonly trace?: (line: string) => void;
  /** The twin store unless told otherwise. */
  readonly openStore?: (clock: Clock) => SimStore;
}

export interface SimResult {
  readonly seed: number;
  readonly violation?: Violation;
  readonly events: number;
  readonly virtualMs: number;
  /** Virtual ms from the end of all faults until the world had converged. */
  readonly reconvergedMs?: number;
}

/** One world in six has a daemon service; which ones follows from the seed without a draw, so that the others stay as they are. */
const DAEMON_EVERY = 6;
const DAEMON_AT = 5;

const START_MS = 15_000;
const FAULTS_MS = 180_000;
/** L1's minute, and what a crash back-off of a few failures and one queue redelivery may add to it. */
const HEAL_MS = 150_000;
const QUIET_MS = 60_000;
/** What the last fault still causes is over by then: a back-off, a lease, a call that times out. */
const CALM_AFTER_MS = 60_000;

/** Runs one schedule from its seed to its first violation or to its end. */
export async function simulate({ seed, mutant, outageMs, trace, openStore }: SimOptions): Promise<SimResult> {
  const sim = await openWorld({ seed, agents: 3 + (seed % 3), mutant, trace, openStore });
  const { context: world, oracles, nemesis, isOver } = sim;
  const { rng, time, seam } = world;
  try {
    await sim.run(START_MS);
    const operator = new Operator(world, sim.workers, oracles, sim.agents, seed % DAEMON_EVERY === DAEMON_AT);
    if (outageMs === undefined) {
      seam.plan = randomFaults(world);
      world.rates = someFaults(rng.chance(0.2) ? 0.1 : rng.between(0.3, 1.5));
      every(
        world,
        FAULTS_MS,
        () => rng.between(1_000, 16_000),
        () => operator.act(),
      );
      every(
        world,
        FAULTS_MS,
        () => rng.between(2_000, 25_000),
        () => nemesis.act(),
      );
      await time.runUntil(FAULTS_MS, isOver);
    } else {
      operator.act();
      await sim.run(rng.between(20_000, 40_000));
      nemesis.outage(outageMs);
      await sim.run(outageMs + 60_000);
    }
    world.rates = NO_FAULTS;
    nemesis.heal();
    world.trace('all faults end');
    time.after(3_000, () => operator.settle());
    time.after(CALM_AFTER_MS, () => {
      world.isCalm = true;
    });
    const reconvergedMs = await converge(world, oracles, isOver);
    oracles.intents.check();
    const violation = sim.violation();
    return {
      seed,
      ...(violation ? { violation } : {}),
      ...(reconvergedMs === undefined ? {} : { reconvergedMs }),
      events: time.events,
      virtualMs: time.elapsed,
    };
  } finally {
    sim.close();
  }
}

/** L1: the world converges, stays so for a minute, and writes nothing but leases meanwhile (S12). */
async function converge(world: SimContext, oracles: Oracles, isOver: () => boolean): Promise<number | undefined> {
  const { time } = world;
  const healed = time.elapsed;
  let convergedAt: number | undefined;
  let quietSince = healed;
  while (time.elapsed < healed + HEAL_MS && !isOver()) {
    oracles.work.writes = [];
    await time.runUntil(time.elapsed + 1_000, isOver);
    if (oracles.work.writes.length > 0) quietSince = time.elapsed;
    if (oracles.differences().length > 0) convergedAt = undefined;
    else convergedAt ??= time.elapsed;
    // A lost message leaves one last fold to the sweep: only after a whole sweep without writes is it over.
    if (convergedAt !== undefined && time.elapsed - quietSince > timingsAt().sweep + 5_000) break;
  }
  if (isOver()) return undefined;
  if (convergedAt === undefined) {
    world.violated('L1', oracles.differences().join('; '));
    return undefined;
  }
  oracles.work.writes = [];
  await time.runUntil(time.elapsed + QUIET_MS, isOver);
  if (oracles.differences().length > 0)
    world.violated('L1', `did not stay converged: ${oracles.differences().join('; ')}`);
  if (oracles.work.writes.length > 0)
    world.violated('S12', `converged, yet written: ${[...new Set(oracles.work.writes)].slice(0, 5).join(', ')}`);
  return convergedAt - healed;
}

function every(world: SimContext, until: number, pause: () => number, act: () => void): void {
  const next = (): void => {
    if (world.time.elapsed >= until) return;
    act();
    world.time.after(pause(), next);
  };
  world.time.after(pause(), next);
}
