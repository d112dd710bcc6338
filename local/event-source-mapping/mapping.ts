import type { Log } from '#control/ports.ts';

/** A running event source mapping. */
export interface Mapping {
  /** Resolves when everything received so far was handled. */
  idle(): Promise<void>;
  /** Receives no more and waits for the invocations that run. */
  stop(): Promise<void>;
}

export interface Timers {
  /** Epoch ms. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface MappingTools {
  readonly timers: Timers;
  readonly log: Log;
}
