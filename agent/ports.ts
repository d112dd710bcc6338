/** Everything the agent needs from the machine's clock. */
export interface AgentClock {
  /** Epoch ms, for timestamps people read. */
  now(): number;
  /** Milliseconds that never jump, and that count the time the machine was suspended; leases are counted on it (rule R4). */
  monotonic(): number;
}

export type Cancel = () => void;

/** Delayed work. A stepped implementation drives the tests. */
export interface Timers {
  after(ms: number, run: () => void): Cancel;
}

export type AgentLogFields = Readonly<Record<string, unknown>>;

export interface AgentLog {
  info(message: string, fields?: AgentLogFields): void;
  warn(message: string, fields?: AgentLogFields): void;
  error(message: string, fields?: AgentLogFields): void;
}

export const sleep = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve);
  });

/** The text of anything that was thrown, for a log line or a stop reason. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
