import { readFileSync } from 'node:fs';

/** A process that can be told from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot at which it started; absent where the system does not say (macOS). */
  readonly startTime?: string;
}

/** How the process with this pid is named, read right after it was started. */
export function identify(pid: number): ProcessIdentity {
  const startTime = readStat(pid)?.startTime;
  return startTime === undefined ? { pid } : { pid, startTime };
}

/** True while this very process runs; one that ended but was not yet collected by its parent counts as ended. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  if (startTime === undefined) return trySignal(pid, 0);
  const stat = readStat(pid);
  return stat !== undefined && stat.startTime === startTime && stat.state !== 'Z' && stat.state !== 'X';
}

/** Signals the process if it is still the one that was meant. */
export const signal = (identity: ProcessIdentity, name: 'SIGTERM' | 'SIGKILL'): boolean =>
  isAlive(identity) && trySignal(identity.pid, name);

function trySignal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    throw error;
  }
}

/** Fields 3 and 22 of /proc/<pid>/stat; the command before them may hold spaces, so counting starts after its ")". */
function readStat(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, startTime] = [fields[0], fields[19]];
    return state === undefined || startTime === undefined ? undefined : { state, startTime };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
