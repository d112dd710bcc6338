import { recordJoinToken } from '#control/instances/join-tokens.ts';
import type { Clock } from '#control/ports.ts';
import { clusters, definitions, families, put } from '#control/records.ts';
import { timingsAt } from '#core/timings.ts';
import { aTaskDefinition } from '#test/support/a-task-definition.ts';
import { MUTANTS, type Rule } from '../mutants/mutants.ts';
import { Oracles } from '../oracles/oracles.ts';
import { IndexHistory } from '../ports/index-history.ts';
import { MessageBus } from '../ports/message-bus.ts';
import { Bells } from '../ports/network.ts';
import { nameOfCall } from '../ports/port-call.ts';
import { Seam } from '../ports/seam.ts';
import { layered, type Wiring } from '../ports/wiring.ts';
import { openTwinStore, type SimStore } from '../store/twin-store.ts';
import { Nemesis } from './nemesis.ts';
import { NO_FAULTS } from './plan.ts';
import { Rng, Scheduler } from './scheduler.ts';
import { SIM_JOIN_TOKEN, SimAgent } from './sim-agent.ts';
import type { SimContext } from './sim-context.ts';
import { Workers } from './workers.ts';

export interface Violation {
  readonly invariant: string;
  readonly story: string;
  /** Virtual ms since the world began. */
  readonly at: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly agents: number;
  /** The rule that is switched off. */
  readonly mutant?: Rule | undefined;
  /** A directed schedule's own hands on the ports. */
  readonly wiring?: ((world: SimContext) => Wiring) | undefined;
  readonly trace?: ((line: string) => void) | undefined;
  readonly openStore?: ((clock: Clock) => SimStore) | undefined;
}

/** A simulated world that runs: machines with their agents, the functions, what lies between, and who watches. */
export interface SimWorld {
  readonly context: SimContext;
  readonly bus: MessageBus;
  readonly bells: Bells;
  readonly workers: Workers;
  readonly agents: readonly SimAgent[];
  readonly oracles: Oracles;
  readonly nemesis: Nemesis;
  /** One more machine, with an agent that is not started yet. */
  addAgent(name: string): SimAgent;
  violation(): Violation | undefined;
  isOver(): boolean;
  /** Runs for so many virtual ms, or to the first violation. */
  run(ms: number): Promise<void>;
  close(): void;
}

export async function openWorld({
  seed,
  agents: count,
  mutant,
  wiring = () => ({}),
  trace = () => undefined,
  openStore = openTwinStore,
}: WorldOptions): Promise<SimWorld> {
  const rng = new Rng(seed);
  const time = new Scheduler();
  const store = openStore(time);
  let violation: Violation | undefined;
  const context: SimContext = {
    time,
    rng,
    store,
    seam: new Seam(rng, time),
    index: new IndexHistory(),
    failedStarts: new Set(),
    wiring: layered([]),
    rates: NO_FAULTS,
    isOutage: false,
    isCalm: false,
    outageBeganAt: 0,
    outageEndedAt: 0,
    clockJumpMs: 0,
    violated: (invariant, story) => {
      context.trace(`VIOLATION ${invariant}: ${story}`);
      violation ??= { invariant, story, at: Math.round(time.elapsed) };
    },
    trace: (line) => trace(`${(time.elapsed / 1_000).toFixed(3).padStart(9)}  ${line}`),
  };
  context.seam.onCall = (call, verdict) => {
    if (verdict.kind === 'go') return;
    context.trace(`${verdict.kind}: ${nameOfCall(call)} (${call.number})`);
    const caller = call.port === 'wire' ? agents.find(({ name }) => name === call.host) : undefined;
    if (caller) caller.wireFaultAt = time.elapsed;
  };
  const bus = new MessageBus(context);
  const bells = new Bells(context);
  const workers = new Workers(context, bus, bells);
  const agents: SimAgent[] = [];
  const oracles = new Oracles(context, agents, bus);
  // The oracles listen nearest to the port and a mutant stands nearest to the code, whose part it is.
  const switchedOff = mutant === undefined ? {} : MUTANTS[mutant].wiring(context);
  context.wiring = layered([oracles.wiring, wiring(context), switchedOff]);
  let seen = 0;
  store.feed.onCommit(() => {
    const changes = store.feed.read(seen, 1_000);
    seen = changes.at(-1)?.seq ?? seen;
    context.index.commit(changes);
    oracles.commit(changes);
    bus.committed(changes);
  });
  const isOver = (): boolean => violation !== undefined;
  const addAgent = (name: string): SimAgent => {
    const agent = new SimAgent(name, context, workers, bells);
    agents.push(agent);
    oracles.watch(agent);
    return agent;
  };
  await seedCluster(context, workers);
  bus.start(workers, timingsAt().sweep);
  oracles.start();
  for (let at = 0; at < count; at += 1) addAgent(`machine-${at}`).start();
  return {
    context,
    bus,
    bells,
    workers,
    agents,
    oracles,
    nemesis: new Nemesis(context, agents, oracles),
    addAgent,
    violation: () => violation,
    isOver,
    run: (ms) => time.runUntil(time.elapsed + ms, isOver),
    close: () => {
      bus.stop();
      for (const agent of agents) agent.destroy();
    },
  };
}

async function seedCluster(world: SimContext, workers: Workers): Promise<void> {
  const now = world.time.now();
  const quick = { name: 'app', image: 'app:1', cpu: 128, memory: 64, essential: true, stopTimeout: 2 };
  const first = aTaskDefinition({ family: 'web', revision: 1, container: quick });
  const second = aTaskDefinition({ family: 'web', revision: 2, container: quick });
  const port = aTaskDefinition({
    family: 'port',
    container: { ...quick, cpu: 64, portMappings: [{ containerPort: 80, hostPort: 8_080, protocol: 'tcp' }] },
  });
  await world.store.transact([
    put(clusters, 'default', { name: 'default', status: 'ACTIVE', tags: [], settings: [], createdAt: now }, 'absent'),
    put(families, 'web', { family: 'web', latest: 2 }, 'absent'),
    put(definitions, first, first, 'absent'),
    put(definitions, second, second, 'absent'),
    put(families, 'port', { family: 'port', latest: 1 }, 'absent'),
    put(definitions, port, port, 'absent'),
  ]);
  const { deps } = workers.of('seed');
  await recordJoinToken({ ...deps, store: world.store }, SIM_JOIN_TOKEN, { cluster: 'default', expiresAt: now + 1e12 });
}
