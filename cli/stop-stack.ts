import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CommandError } from './errors.ts';

const POLL_MS = 100;

/** The process that holds the data directory; undefined when none does. */
export function stackProcess(dataDir: string): number | undefined {
  const lock = path.join(dataDir, 'lock');
  if (!existsSync(lock)) return undefined;
  const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
  return Number.isSafeInteger(pid) && pid > 1 && isStack(pid) ? pid : undefined;
}

/** Asks the process to end and waits; it stops its agents itself. */
export async function stopStack(pid: number, deadline: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  while (isStack(pid)) {
    if (Date.now() > deadline) throw new CommandError(`the stack (process ${pid}) has not stopped in time`);
    await wait(POLL_MS);
  }
}

/** The number of a process that ended is given out again, so its command line must still be Berth's. */
function isStack(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .some((word) => word.endsWith('cli/main.ts'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return false;
    throw error;
  }
}
