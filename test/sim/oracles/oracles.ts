import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { MessageBus } from '../ports/message-bus.ts';
import type { Wiring } from '../ports/wiring.ts';
import { differences } from '../world/differences.ts';
import type { SimAgent } from '../world/sim-agent.ts';
import type { SimContext } from '../world/sim-context.ts';
import { CommittedWorld } from './committed-world.ts';
import { ContainerOracle } from './container-oracle.ts';
import { FeedOracle } from './feed-oracle.ts';
import { FenceOracle } from './fence-oracle.ts';
import { IntentOracle } from './intent-oracle.ts';
import { LeaseOracle } from './lease-oracle.ts';
import { MachineWatch } from './machine-watch.ts';
import { type Oracle, short, type Watched } from './oracle.ts';
import { ReportOracle } from './report-oracle.ts';
import { ReservationOracle } from './reservation-oracle.ts';
import { ServiceOracle } from './service-oracle.ts';
import { SlotOracle } from './slot-oracle.ts';
import { WorkOracle } from './work-oracle.ts';

/** How often oracles look at what no commit and no container tells them. */
const LOOK_MS = 5_000;

/** Holds what is committed beside what runs, and says at once where they break an invariant. */
export class Oracles {
  readonly committed = new CommittedWorld();
  readonly machines: MachineWatch;
  readonly intents: IntentOracle;
  readonly work: WorkOracle;
  readonly fence: FenceOracle;
  readonly #world: SimContext;
  readonly #agents: readonly SimAgent[];
  readonly #oracles: readonly Oracle[];

  constructor(world: SimContext, agents: readonly SimAgent[], bus: MessageBus) {
    this.#world = world;
    this.#agents = agents;
    this.machines = new MachineWatch({
      created: (container, twins) => containers.created(container, twins),
      started: (container) => {
        world.trace(`${container.agent.name} runs ${short(container.task)}.${container.epoch}`);
        for (const oracle of this.#oracles) oracle.started?.(container);
      },
      stopped: (container) => {
        world.trace(`${container.agent.name} no longer runs ${short(container.task)}`);
        for (const oracle of this.#oracles) oracle.stopped?.(container);
      },
      touched: ({ name }) => world.violated('S10', `${name} touched a container that is not ours`),
    });
    const watched: Watched = { world, committed: this.committed, agents, reality: this.machines };
    const containers = new ContainerOracle(watched);
    this.intents = new IntentOracle(watched);
    this.work = new WorkOracle(watched, bus);
    this.fence = new FenceOracle(watched);
    this.#oracles = [
      containers,
      this.intents,
      this.work,
      this.fence,
      new FeedOracle(watched),
      new LeaseOracle(watched),
      new ReportOracle(watched),
      new ReservationOracle(watched),
      new ServiceOracle(watched),
      new SlotOracle(watched),
    ];
  }

  /** Begins to look now and then. */
  start(): void {
    const look = (): void => {
      for (const oracle of this.#oracles) oracle.look?.();
      this.#world.time.after(LOOK_MS, look);
    };
    this.#world.time.after(LOOK_MS, look);
  }

  /** Where oracles listen: at the store below all faults, and at the wire where an agent speaks. */
  get wiring(): Wiring {
    return {
      store: (store) => this.work.counting(store),
      wire: (wire, agent) => ({
        ...wire,
        heartbeat: (request, credential) => {
          for (const oracle of this.#oracles) oracle.sent?.(agent, request, credential.instanceId);
          return wire.heartbeat(request, credential);
        },
      }),
    };
  }

  commit(changes: readonly Change[]): void {
    const folded = changes.map((change) => this.committed.fold(change));
    for (const oracle of this.#oracles) {
      if (oracle.stored) for (const change of changes) oracle.stored(change);
      if (oracle.changed) for (const change of folded) if (change) oracle.changed(change);
    }
  }

  watch(agent: SimAgent): void {
    this.machines.watch(agent);
  }

  /** What still differs between what is wanted and what runs; empty when the world has converged (L1, L3, S10). */
  differences(): readonly string[] {
    return differences(this.committed, this.#agents, this.#world.time.elapsed);
  }
}
