import type { AgentClock, Timers } from '#agent/ports.ts';

export interface SteppedTime {
  readonly clock: AgentClock;
  readonly timers: Timers;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** Moves time forward and fires what falls due, in order. */
  advance(ms: number): Promise<void>;
}

const START = 1_700_000_000_000;

/** Time that moves only when a test says so. */
export function steppedTime(): SteppedTime {
  let elapsed = 0;
  let nextId = 0;
  const waiting = new Map<number, { readonly at: number; readonly run: () => void }>();
  const timers: Timers = {
    after: (ms, run) => {
      const id = nextId++;
      waiting.set(id, { at: elapsed + ms, run });
      return () => waiting.delete(id);
    },
  };
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const advance = async (ms: number): Promise<void> => {
    const end = elapsed + ms;
    await settle();
    for (;;) {
      const [next] = [...waiting].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (!next) break;
      const [id, { at, run }] = next;
      waiting.delete(id);
      elapsed = Math.max(elapsed, at);
      run();
      await settle();
    }
    elapsed = end;
    await settle();
  };
  return { clock: { now: () => Math.round(START + elapsed), monotonic: () => elapsed }, timers, settle, advance };
}
