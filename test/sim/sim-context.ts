import type { FaultRates, Mutant } from './plan.ts';
import type { Process } from './process.ts';
import type { Rng, Scheduler } from './scheduler.ts';
import type { SimStore } from './twin-store.ts';

/** What every part of one simulated world shares. */
export interface SimContext {
  readonly time: Scheduler;
  readonly rng: Rng;
  readonly store: SimStore;
  readonly mutant: Mutant | undefined;
  /** Changes when the nemesis begins and when it ends. */
  rates: FaultRates;
  /** True while nobody can reach the control plane. */
  isOutage: boolean;
  /** Elapsed ms when the last outage ended. */
  outageEndedAt: number;
  crashed(process: Process): void;
  pause(process: Process): void;
  violated(invariant: string, story: string): void;
  trace(line: string): void;
}
