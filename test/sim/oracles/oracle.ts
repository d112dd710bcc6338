import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { HeartbeatRequest } from '#events/agent-wire.ts';
import type { WiredAgent } from '../ports/wiring.ts';
import type { SimAgent } from '../world/sim-agent.ts';
import type { SimContext } from '../world/sim-context.ts';
import type { Committed, CommittedWorld } from './committed-world.ts';

/** One container as an oracle follows it. */
export interface RealContainer {
  readonly agent: SimAgent;
  readonly name: string;
  readonly task: string;
  readonly epoch: number;
  readonly container: string;
  readonly group: string;
  /** Instance it is labelled with. */
  readonly instance: string;
  readonly fenced: boolean;
}

/** What every oracle looks at. */
export interface Watched {
  readonly world: SimContext;
  readonly committed: CommittedWorld;
  readonly agents: readonly SimAgent[];
  readonly reality: Reality;
}

/** The containers on all machines. */
export interface Reality {
  /** Those that run now, ours only. */
  readonly running: ReadonlyMap<string, RealContainer>;
}

/** Looks at the world from one subject's side. All of it is folded before the first oracle is asked. */
export interface Oracle {
  changed?(change: Committed): void;
  /** Every item, also of kinds no noun is known for. */
  stored?(change: Change): void;
  started?(container: RealContainer): void;
  /** Not by the nemesis. */
  stopped?(container: RealContainer): void;
  /** An agent sends a heartbeat. */
  sent?(agent: WiredAgent, request: HeartbeatRequest, instanceId: string): void;
  /** Now and then, several times a minute. */
  look?(): void;
}

export const short = (id: string): string => id.slice(0, 6);
