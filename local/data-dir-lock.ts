import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Gives the directory back. */
export type Unlock = () => void;

/**
 * Makes this process the only one that uses a data directory.
 * A lock whose process is gone is taken over, so that a killed stack never blocks the next one.
 * Throws when a living process holds it.
 */
export function lockDataDir(dataDir: string): Unlock {
  const file = path.join(dataDir, 'lock');
  for (let attempt = 0; ; attempt += 1) {
    if (tryCreate(file)) return () => rmSync(file, { force: true });
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new Error(
        `${dataDir} is in use by process ${holder}. Stop that process, or choose another directory with --data-dir.`,
      );
    }
    if (attempt === 3) throw new Error(`${file} cannot be taken over; remove it if no stack is running.`);
    rmSync(file, { force: true });
  }
}

function tryCreate(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the file vanished or its writer died before it wrote. */
function readHolder(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
