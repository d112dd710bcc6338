import { readFile } from 'node:fs/promises';

/** A process of this machine; its start time tells it from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot. */
  readonly startTime: string;
}

interface ProcessStat {
  /** The kernel's letter: R, S, T for stopped, Z and X for over, ... */
  readonly state: string;
  readonly startTime: string;
}

/** One line of /proc/<pid>/stat. The command name is in parentheses and may hold anything, so fields are counted after the last one. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

/** Undefined when there is no such process; one that ended and was not collected yet counts as none. */
export async function processStat(pid: number): Promise<ProcessStat | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const stat = line === undefined ? undefined : parseStat(line);
  return stat && stat.state !== 'Z' && stat.state !== 'X' ? stat : undefined;
}

/** This very process, to be recognised by others. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, startTime: (await processStat(process.pid))?.startTime ?? '' };
}

/** running, stopped by a signal such as SIGSTOP, or gone. */
export async function stateOf({ pid, startTime }: ProcessIdentity): Promise<'running' | 'stopped' | 'gone'> {
  const stat = await processStat(pid);
  if (stat?.startTime !== startTime) return 'gone';
  return stat.state === 'T' || stat.state === 't' ? 'stopped' : 'running';
}

/** Reads an identity out of a file's content; undefined when it is none. */
export function asProcessIdentity(value: unknown): ProcessIdentity | undefined {
  const { pid, startTime } = (value ?? {}) as Partial<ProcessIdentity>;
  return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
}
