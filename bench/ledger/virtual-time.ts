import type { AgentClock, Timers as AgentTimers } from '#agent/ports.ts';
import type { Clock } from '#control/ports.ts';
import type { Timers as MappingTimers } from '#local/event-source-mapping/mapping.ts';

/** One clock for the control plane, its event sources and its agents, which moves only when told. */
export interface VirtualTime {
  readonly clock: Clock & AgentClock;
  readonly agentTimers: AgentTimers;
  readonly mappingTimers: MappingTimers;
  /** Marks work that waits for something outside the event loop's turns, such as a signature. */
  busy<T>(work: () => Promise<T>): Promise<T>;
  /** While `wait` is pending the caller's `busy` does not count: it waits for time, or for somebody else. */
  parked<T>(wait: () => Promise<T>): Promise<T>;
  /** Fires everything that falls due in the next `ms`, in order. */
  advance(ms: number): Promise<void>;
}

interface Alarm {
  readonly at: number;
  readonly run: () => void;
}

/** Turns of the event loop without work after which nothing more happens without time. */
const QUIET_TURNS = 4;
const START = Date.UTC(2026, 0, 1);

export function virtualTime(): VirtualTime {
  let elapsed = 0;
  let working = 0;
  let nextId = 0;
  const alarms = new Map<number, Alarm>();

  const after = (ms: number, run: () => void): (() => void) => {
    const id = nextId++;
    alarms.set(id, { at: elapsed + ms, run });
    return () => alarms.delete(id);
  };
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet = working === 0 ? quiet + 1 : 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const nextBefore = (end: number): readonly [number, Alarm] | undefined => {
    let next: readonly [number, Alarm] | undefined;
    for (const entry of alarms) if (entry[1].at <= end && (!next || entry[1].at < next[1].at)) next = entry;
    return next;
  };

  return {
    clock: { now: () => Math.round(START + elapsed), monotonic: () => elapsed },
    agentTimers: { after },
    mappingTimers: {
      now: () => Math.round(START + elapsed),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve();
          const end = (): void => {
            cancel();
            signal.removeEventListener('abort', end);
            resolve();
          };
          const cancel = after(ms, end);
          signal.addEventListener('abort', end, { once: true });
        }),
    },
    busy: async (work) => {
      working += 1;
      try {
        return await work();
      } finally {
        working -= 1;
      }
    },
    parked: async (wait) => {
      working -= 1;
      try {
        return await wait();
      } finally {
        working += 1;
      }
    },
    advance: async (ms) => {
      const end = elapsed + ms;
      await settle();
      for (let next = nextBefore(end); next; next = nextBefore(end)) {
        const [id, { at, run }] = next;
        alarms.delete(id);
        elapsed = Math.max(elapsed, at);
        run();
        await settle();
      }
      elapsed = end;
    },
  };
}
