import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { RunIdentity } from './clean-up.ts';

export interface Janitor {
  /** Cleans up and waits for it; `keep` leaves the directory with its evidence. */
  finish(keep: boolean): Promise<void>;
}

/** Starts the process that outlives this one for as long as it takes to clean up. It is there before anything else is. */
export function hireJanitor(run: RunIdentity): Janitor {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'janitor.ts'), JSON.stringify(run)], {
    // A session of its own: Ctrl-C reaches the whole foreground group.
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  return {
    finish: async (keep) => {
      const ended = once(child, 'exit');
      child.stdin?.end(keep ? 'keep' : 'remove');
      await ended;
    },
  };
}
