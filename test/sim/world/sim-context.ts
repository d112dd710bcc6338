import type { IndexHistory } from '../ports/index-history.ts';
import type { Seam } from '../ports/seam.ts';
import type { Wiring } from '../ports/wiring.ts';
import type { SimStore } from '../store/twin-store.ts';
import type { FaultRates } from './plan.ts';
import type { Rng, Scheduler } from './scheduler.ts';

/** What every part of one simulated world shares. */
export interface SimContext {
  readonly time: Scheduler;
  readonly rng: Rng;
  readonly store: SimStore;
  readonly seam: Seam;
  readonly index: IndexHistory;
  /** Names of containers that started although the call was answered with an error: ending them is their agents' duty. */
  readonly failedStarts: Set<string>;
  /** What a mutant and a directed schedule put between the code and its ports. */
  wiring: Required<Wiring>;
  /** Changes when the nemesis begins and when it ends. */
  rates: FaultRates;
  /** True while nobody can reach the control plane. */
  isOutage: boolean;
  /** True when nothing was made to fail for a while. */
  isCalm: boolean;
  /** Elapsed ms when the last outage began, and when it ended. */
  outageBeganAt: number;
  outageEndedAt: number;
  /** How far the functions' clock is off. */
  clockJumpMs: number;
  violated(invariant: string, story: string): void;
  trace(line: string): void;
}
