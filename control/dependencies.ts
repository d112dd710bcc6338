import type { Scope } from '#core/model/scope.ts';
import type { Timings } from '#core/timings.ts';
import type { FleetCache } from './placement/fleet.ts';
import type {
  AgentChannel,
  CapacityProvider,
  Clock,
  Ids,
  Log,
  SessionSockets,
  StateStore,
  TrafficRouter,
  WorkQueue,
} from './ports.ts';

/** What every use case is given. functions/lib composes it once per cold start; tests and the simulator make their own. */
export interface Dependencies {
  readonly scope: Scope;
  readonly store: StateStore;
  readonly queue: WorkQueue;
  readonly channel: AgentChannel;
  readonly capacity: CapacityProvider;
  /** Absent where nothing can share traffic out: deployments that shift it are refused then. */
  readonly router?: TrafficRouter;
  /** Absent where clients can hold no socket: commands are not run in tasks then. */
  readonly sockets?: SessionSockets;
  /** Remembers the instances of a cluster between calls; every decision made from it is checked by the commit. */
  readonly fleet: FleetCache;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly timings: Timings;
}
