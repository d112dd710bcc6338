import { deriveId, fingerprint } from '#adapters/ids.ts';
import { createNoCapacity } from '#adapters/no-capacity.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import type { AgentChannel, Ids, WorkQueue } from '#control/ports.ts';
import { timingsAt } from '#core/timings.ts';
import { faultyCapacity, faultyChannel, faultyQueue } from '../ports/faulty-ports.ts';
import { faultyStore } from '../ports/faulty-store.ts';
import type { Actor } from '../ports/port-call.ts';
import { Process } from './process.ts';
import type { Rng } from './scheduler.ts';
import type { SimContext } from './sim-context.ts';

/** One warm function instance: a process with memory of its own. */
export interface Worker {
  readonly process: Process;
  readonly deps: Dependencies;
}

const HEX = '0123456789abcdef';
// A rollout waits for health; here it waits long enough to be met by faults, and short enough for L1's minute.
// Every sweep looks at the balance over zones, so that no move is left for the minute in which nothing may be written.
const TIMINGS = { ...timingsAt(), healthyAfter: 2_000, balance: 10_000 };
const nothing = (): void => undefined;

export function simIds(rng: Rng): Ids {
  const hex = (length: number): string => Array.from({ length }, () => HEX[rng.below(16)]).join('');
  return {
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    hex,
    digits: (length) => Array.from({ length }, () => rng.below(10)).join(''),
    derive: deriveId,
    fingerprint,
    random: () => rng.next(),
  };
}

/** Hands out function instances; a dead one is replaced by a fresh one with an empty memory. */
export class Workers {
  readonly #world: SimContext;
  readonly #queue: WorkQueue;
  readonly #channel: AgentChannel;
  readonly #pools = new Map<string, Worker[]>();

  constructor(world: SimContext, queue: WorkQueue, channel: AgentChannel) {
    this.#world = world;
    this.#queue = queue;
    this.#channel = channel;
  }

  /** One of the two warm instances of a function. */
  of(role: string): Worker {
    const pool = this.#pools.get(role) ?? [];
    this.#pools.set(role, pool);
    const at = this.#world.rng.below(2);
    const found = pool[at];
    if (found && !found.process.isDead && !found.process.isFrozen) return found;
    const made = this.#start(role);
    pool[at] = made;
    return made;
  }

  #start(role: string): Worker {
    const { time, rng, store, wiring } = this.#world;
    const process = new Process(time);
    const actor: Actor = { role, process, crash: () => this.#crash(actor) };
    const deps: Dependencies = {
      scope: { accountId: '000000000000', region: 'us-east-1' },
      store: faultyStore(this.#world, actor, wiring.store(store)),
      queue: faultyQueue(this.#world, actor, this.#queue),
      channel: faultyChannel(this.#world, actor, this.#channel),
      capacity: faultyCapacity(this.#world, actor, createNoCapacity()),
      fleet: createFleetCache({ maxAgeMs: 1_000 }),
      clock: { now: () => time.now() + this.#world.clockJumpMs },
      ids: simIds(rng),
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      timings: TIMINGS,
    };
    return { process, deps: wiring.deps(deps, role) };
  }

  /** What fed it is told as Lambda tells it: the runtime exited. */
  #crash({ role, process }: Actor): void {
    this.#world.trace(`a ${role} worker crashes`);
    process.kill();
  }
}
