import { uptime } from 'node:os';
import type { AgentClock, Timers } from './ports.ts';

/**
 * The real clock. On Linux the uptime (CLOCK_BOOTTIME, in steps of 10 ms) is monotonic too, is the same for every process
 * of the machine, and counts the time it was suspended, in which a lease runs out as well.
 */
export const nodeClock: AgentClock = {
  now: () => Date.now(),
  monotonic: process.platform === 'linux' ? () => uptime() * 1_000 : () => performance.now(),
};

export const nodeTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
