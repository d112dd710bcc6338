import type { AgentClock, Timers } from './ports.ts';

/** The real clock of this process. */
export const nodeClock: AgentClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

export const nodeTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
