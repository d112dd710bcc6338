import type { Timings } from '#core/timings.ts';
import type { ControlPlane, SessionWire } from './client/control-plane.ts';
import type { AgentClock, AgentLog, Timers } from './ports.ts';

/** What everything that talks to the control plane is given. */
export interface SessionDeps {
  readonly clock: AgentClock;
  readonly timers: Timers;
  readonly log: AgentLog;
  readonly random: () => number;
  readonly timings: Timings;
  readonly controlPlane: ControlPlane;
  /** Absent: the agent takes no sessions up. */
  readonly sessions?: SessionWire;
}
