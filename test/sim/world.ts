import { recordJoinToken } from '#control/instances/join-tokens.ts';
import type { Clock } from '#control/ports.ts';
import { clusters, definitions, families, put } from '#control/records.ts';
import { timingsAt } from '#core/timings.ts';
import { aTaskDefinition } from '#test/support/a-task-definition.ts';
import { IndexHistory } from './index-history.ts';
import { MessageBus } from './message-bus.ts';
import { Nemesis } from './nemesis.ts';
import { Bells } from './network.ts';
import { Operator } from './operator.ts';
import { Oracles } from './oracles.ts';
import { type Mutant, NO_FAULTS, someFaults } from './plan.ts';
import { nameOfCall } from './port-call.ts';
import { randomFaults } from './random-faults.ts';
import { Rng, Scheduler } from './scheduler.ts';
import { Seam } from './seam.ts';
import { SIM_JOIN_TOKEN, SimAgent } from './sim-agent.ts';
import type { SimContext } from './sim-context.ts';
import { openTwinStore, type SimStore } from './twin-store.ts';
import { Workers } from './workers.ts';

export interface SimOptions {
  readonly seed: number;
  readonly mutant?: Mutant;
  /** A directed plan instead of a random one: nothing fails but the control plane, once, for this long. */
  readonly outageMs?: number;
  readonly trace?: (line: string) => void;
  /** The twin store unless told otherwise. */
  readonly openStore?: (clock: Clock) => SimStore;
}

export interface Violation {
  readonly invariant: string;
  readonly story: string;
  /** Virtual ms since the world began. */
  readonly at: number;
}

export interface SimResult {
  readonly seed: number;
  readonly violation?: Violation;
  readonly events: number;
  readonly virtualMs: number;
  /** Virtual ms from the end of all faults until the world had converged. */
  readonly reconvergedMs?: number;
}

const START_MS = 15_000;
const FAULTS_MS = 180_000;
/** L1's minute, and what a crash back-off of a few failures and one queue redelivery may add to it. */
const HEAL_MS = 150_000;
const QUIET_MS = 60_000;

/** Runs one schedule from its seed to its first violation or to its end. */
export async function simulate({
  seed,
  mutant,
  outageMs,
  trace = () => undefined,
  openStore = openTwinStore,
}: SimOptions): Promise<SimResult> {
  const rng = new Rng(seed);
  const time = new Scheduler();
  const store = openStore(time);
  let violation: Violation | undefined;
  const world: SimContext = {
    time,
    rng,
    store,
    seam: new Seam(rng, time),
    index: new IndexHistory(),
    failedStarts: new Set(),
    mutant,
    rates: NO_FAULTS,
    isOutage: false,
    outageEndedAt: 0,
    violated: (invariant, story) => {
      world.trace(`VIOLATION ${invariant}: ${story}`);
      violation ??= { invariant, story, at: Math.round(time.elapsed) };
    },
    trace: (line) => trace(`${(time.elapsed / 1_000).toFixed(3).padStart(9)}  ${line}`),
  };
  world.seam.plan = randomFaults(world);
  world.seam.onCall = (call, verdict) => {
    if (verdict.kind !== 'go' && verdict.kind !== 'delay')
      world.trace(`${verdict.kind}: ${nameOfCall(call)} (${call.number})`);
  };
  const bus = new MessageBus(world);
  const bells = new Bells(world);
  const workers = new Workers(world, bus, bells);
  const agents: SimAgent[] = [];
  const oracles = new Oracles(world, agents);
  let seen = 0;
  store.feed.onCommit(() => {
    const changes = store.feed.read(seen, 1_000);
    seen = changes.at(-1)?.seq ?? seen;
    world.index.commit(changes);
    oracles.commit(changes);
    bus.committed(changes);
  });
  const isOver = (): boolean => violation !== undefined;
  try {
    await seedCluster(world, workers);
    bus.start(workers, timingsAt().sweep);
    for (let at = 0; at < 3 + (seed % 3); at += 1) {
      const agent = new SimAgent(`machine-${at}`, world, workers, bells);
      agents.push(agent);
      oracles.watch(agent);
      agent.start();
    }
    await time.runUntil(START_MS, isOver);
    const operator = new Operator(world, workers, oracles, agents);
    const nemesis = new Nemesis(world, agents, oracles);
    if (outageMs === undefined) {
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
      await time.runUntil(time.elapsed + rng.between(20_000, 40_000), isOver);
      nemesis.outage(outageMs);
      await time.runUntil(time.elapsed + outageMs + 60_000, isOver);
    }
    world.rates = NO_FAULTS;
    nemesis.heal();
    world.trace('all faults end');
    time.after(3_000, () => operator.settle());
    const reconvergedMs = await converge(world, oracles, isOver);
    operator.check();
    return {
      seed,
      ...(violation ? { violation } : {}),
      ...(reconvergedMs === undefined ? {} : { reconvergedMs }),
      events: time.events,
      virtualMs: time.elapsed,
    };
  } finally {
    bus.stop();
    for (const agent of agents) agent.destroy();
  }
}

/** L1: the world converges, stays so for a minute, and writes nothing but leases meanwhile (S12). */
async function converge(world: SimContext, oracles: Oracles, isOver: () => boolean): Promise<number | undefined> {
  const { time } = world;
  const healed = time.elapsed;
  let convergedAt: number | undefined;
  let quietSince = healed;
  while (time.elapsed < healed + HEAL_MS && !isOver()) {
    oracles.writes = [];
    await time.runUntil(time.elapsed + 1_000, isOver);
    if (oracles.writes.length > 0) quietSince = time.elapsed;
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
  oracles.writes = [];
  await time.runUntil(time.elapsed + QUIET_MS, isOver);
  if (oracles.differences().length > 0)
    world.violated('L1', `did not stay converged: ${oracles.differences().join('; ')}`);
  if (oracles.writes.length > 0)
    world.violated('S12', `converged, yet written: ${[...new Set(oracles.writes)].slice(0, 5).join(', ')}`);
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

async function seedCluster(world: SimContext, workers: Workers): Promise<void> {
  const now = world.time.now();
  const quick = { name: 'app', image: 'app:1', cpu: 128, memory: 64, essential: true, stopTimeout: 2 };
  const first = aTaskDefinition({ family: 'web', revision: 1, container: quick });
  const second = aTaskDefinition({ family: 'web', revision: 2, container: quick });
  await world.store.transact([
    put(clusters, 'default', { name: 'default', status: 'ACTIVE', tags: [], settings: [], createdAt: now }, 'absent'),
    put(families, 'web', { family: 'web', latest: 2 }, 'absent'),
    put(definitions, first, first, 'absent'),
    put(definitions, second, second, 'absent'),
  ]);
  const { deps } = workers.of('seed');
  await recordJoinToken({ ...deps, store: world.store }, SIM_JOIN_TOKEN, { cluster: 'default', expiresAt: now + 1e12 });
}
