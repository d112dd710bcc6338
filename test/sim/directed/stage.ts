import type { StateStore, Write } from '#control/ports.ts';
import type { Wiring } from '../ports/wiring.ts';
import type { SimWorld } from '../world/open-world.ts';
import { Operator } from '../world/operator.ts';
import type { SimContext } from '../world/sim-context.ts';

/** One schedule that drives the world to the very moment a rule is for. Nothing fails in it but what it says. */
export interface Directed {
  readonly name: string;
  readonly agents: number;
  /** Made anew for each run: the hands on the ports, and the play. */
  readonly play: () => Play;
}

export interface Play {
  readonly wiring?: (world: SimContext) => Wiring;
  readonly run: (stage: Stage) => Promise<void>;
}

/** The world as a directed schedule moves it. */
export class Stage {
  readonly sim: SimWorld;
  readonly operator: Operator;

  constructor(sim: SimWorld) {
    this.sim = sim;
    this.operator = new Operator(sim.context, sim.workers, sim.oracles, sim.agents);
  }

  run(ms: number): Promise<void> {
    return this.sim.run(ms);
  }

  /** A schedule that misses its moment shows nothing, so that is a violation too, if of no invariant's. */
  async until(what: string, isSo: () => boolean, withinMs = 60_000, invariant = 'schedule'): Promise<void> {
    const { time } = this.sim.context;
    const end = time.elapsed + withinMs;
    while (!isSo() && !this.sim.isOver()) {
      if (time.elapsed >= end) this.sim.context.violated(invariant, `never came to this: ${what}`);
      await this.sim.run(20);
    }
  }

  /** Until nothing differs from what is wanted. */
  async settled(withinMs = 60_000): Promise<void> {
    // What was just asked for has to arrive first.
    await this.run(1_000);
    await this.until('settled', () => this.sim.oracles.differences().length === 0, withinMs, 'L1');
  }

  /** Ids of the tasks that run now, of one service or of none. */
  running(group?: string): readonly string[] {
    const containers = [...this.sim.oracles.machines.running.values()];
    return containers.filter((one) => group === undefined || one.group === group).map(({ task }) => task);
  }

  agent(at: number) {
    const agent = this.sim.agents[at];
    if (!agent) throw new RangeError(`no agent ${at}`);
    return agent;
  }
}

/** Holds back the transactions that match, from when it is armed until it is released. */
export class HeldTransactions {
  readonly #release = Promise.withResolvers<void>();
  #matches: ((writes: readonly Write[]) => boolean) | undefined;
  isHolding = false;

  hold(matches: (writes: readonly Write[]) => boolean): void {
    this.#matches = matches;
  }

  release(): void {
    this.#matches = undefined;
    this.#release.resolve();
  }

  readonly wiring = (): Wiring => ({
    store: (store: StateStore) => ({
      ...store,
      transact: async (writes) => {
        if (this.#matches?.(writes)) {
          this.isHolding = true;
          await this.#release.promise;
        }
        return store.transact(writes);
      },
    }),
  });
}
