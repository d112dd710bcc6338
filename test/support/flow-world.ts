import { openSqliteStore, type SqliteStore } from '#adapters/sqlite/state-store.ts';
import { reconcileCapacity } from '#control/capacity/reconcile-capacity.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { recordJoinToken } from '#control/instances/join-tokens.ts';
import { reconcileObjects } from '#control/kube/reconcile-objects.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import { placeTasks } from '#control/placement/place-tasks.ts';
import type { AgentChannel, TrafficRouter, WorkQueue } from '#control/ports.ts';
import { clusters, definitions, families, put } from '#control/records.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { sweep } from '#control/sweep.ts';
import { timingsAt } from '#core/timings.ts';
import { encodeWorkItem, type WorkItem } from '#events/work-item.ts';
import { aTaskDefinition } from './a-task-definition.ts';
import { type FlowAgent, flowAgent, JOIN_TOKEN } from './flow-agent.ts';
import { seededIds } from './seeded-ids.ts';
import { type SteppedClock, steppedClock } from './stepped-clock.ts';

/** The control room on the embedded store, with a clock that only moves when told: no timers, no network. */
export interface FlowWorld {
  readonly deps: Dependencies;
  readonly store: SqliteStore;
  readonly clock: SteppedClock;
  /** A second worker process: same store and queue, memory of its own. */
  anotherWorker(seed: string): Dependencies;
  agent(
    name: string,
    size?: { cpu: number; memory: number },
    zone?: string,
    machine?: Parameters<typeof flowAgent>[4],
  ): Promise<FlowAgent>;
  /** Delivers every change and every message that is due, until none is left. */
  settle(): Promise<void>;
  /** settle(), with each agent sending a heartbeat after it, until nothing changes. */
  converge(): Promise<void>;
  sweep(): Promise<void>;
  /** Forgets the changes that nobody was told of yet, as if their events were lost. */
  loseChanges(): void;
  advance(ms: number): void;
  /** Time passes; agents that are up keep reporting. */
  pass(ms: number): Promise<void>;
}

const BETWEEN_BEATS_MS = 5_000;

interface Delivery {
  readonly work: WorkItem;
  readonly dueAt: number;
}

export async function flowWorld(
  options: {
    readonly seed?: string;
    readonly capacity?: Dependencies['capacity'];
    readonly healthyAfter?: number;
    readonly router?: TrafficRouter;
  } = {},
): Promise<FlowWorld> {
  const clock = steppedClock();
  const store = openSqliteStore({ path: ':memory:', clock });
  const deliveries: Delivery[] = [];
  const agents: FlowAgent[] = [];
  const queue: WorkQueue = {
    send: async (messages) => {
      const now = clock.now();
      deliveries.push(...messages.map(({ work, delaySeconds = 0 }) => ({ work, dueAt: now + delaySeconds * 1_000 })));
    },
  };
  const channel: AgentChannel = { open: async () => {}, ring: async () => {}, close: async () => {} };
  const worker = (seed: string): Dependencies => ({
    scope: { accountId: '000000000000', region: 'us-east-1' },
    store,
    queue,
    channel,
    capacity: options.capacity ?? {
      policy: () => undefined,
      list: async () => [],
      launch: async () => {},
      terminate: async () => {},
    },
    ...(options.router ? { router: options.router } : {}),
    fleet: createFleetCache({ maxAgeMs: 1_000 }),
    clock,
    ids: seededIds(seed),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    // Most tests do not wait for health; those that do say how long it takes.
    timings: { ...timingsAt(), healthyAfter: options.healthyAfter ?? 0 },
  });
  const deps = worker(options.seed ?? 'flow');
  await seedCluster(deps);

  let seen = 0;
  const takeChanges = (): void => {
    for (const change of store.feed.read(seen, 10_000)) {
      seen = change.seq;
      const wake = change.new?.wake;
      if (wake) deliveries.push({ work: wake.work, dueAt: wake.at ?? 0 });
    }
  };
  const nextDue = (): WorkItem | undefined => {
    const position = deliveries.findIndex(({ dueAt }) => dueAt <= clock.now());
    const [due] = position < 0 ? [] : deliveries.splice(position, 1);
    return due?.work;
  };
  const dropRepeats = (work: WorkItem): void => {
    const isRepeat = (other: Delivery) =>
      other.dueAt <= clock.now() && encodeWorkItem(other.work) === encodeWorkItem(work);
    for (let at = deliveries.length - 1; at >= 0; at -= 1) {
      const other = deliveries[at];
      if (other && isRepeat(other)) deliveries.splice(at, 1);
    }
  };
  const settle = async (): Promise<void> => {
    for (;;) {
      takeChanges();
      const work = nextDue();
      if (!work) return;
      dropRepeats(work);
      await handle(deps, work);
    }
  };
  const converge = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      await settle();
      const moved = await Promise.all(agents.filter((agent) => agent.isUp).map((agent) => agent.beat()));
      if (!moved.some(Boolean) && store.feed.latest() === seen) return;
    }
    throw new Error('the world did not converge in 20 rounds');
  };
  return {
    deps,
    store,
    clock,
    anotherWorker: worker,
    agent: async (name, size = { cpu: 1_024, memory: 1_024 }, zone = 'local', machine = {}) => {
      const agent = await flowAgent(deps, name, size, zone, machine);
      agents.push(agent);
      return agent;
    },
    settle,
    converge,
    sweep: () => sweep(deps),
    loseChanges: () => {
      seen = store.feed.latest();
    },
    advance: (ms) => clock.advance(ms),
    pass: async (ms) => {
      for (let passed = 0; passed < ms; passed += BETWEEN_BEATS_MS) {
        clock.advance(BETWEEN_BEATS_MS);
        await converge();
      }
    },
  };
}

/** What the worker functions do with one message. */
export async function handle(deps: Dependencies, work: WorkItem): Promise<void> {
  if (work.kind === 'service') await reconcileService(deps, work.cluster, work.service);
  else if (work.kind === 'placement') await placeTasks(deps, work.cluster);
  else if (work.kind === 'object') await reconcileObjects(deps, work);
  else await reconcileCapacity(deps, work.cluster);
}

async function seedCluster(deps: Dependencies): Promise<void> {
  const now = deps.clock.now();
  const small = aTaskDefinition({ family: 'web', revision: 1 });
  const next = aTaskDefinition({ family: 'web', revision: 2 });
  await deps.store.transact([
    put(clusters, 'default', { name: 'default', status: 'ACTIVE', tags: [], settings: [], createdAt: now }, 'absent'),
    put(families, 'web', { family: 'web', latest: 2 }, 'absent'),
    put(definitions, small, small, 'absent'),
    put(definitions, next, next, 'absent'),
  ]);
  await recordJoinToken(deps, JOIN_TOKEN, { cluster: 'default', expiresAt: now + 1e12 });
}
