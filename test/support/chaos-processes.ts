import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process of this machine; the start time tells it from a later one with the same pid. */
export interface SeenProcess {
  readonly pid: number;
  /** Clock ticks after boot. */
  readonly startTime: string;
  readonly words: readonly string[];
}

/** One supervised process of a task, as the kernel has it. */
export interface TaskProcess {
  readonly taskId: string;
  readonly epoch: number;
  readonly pid: number;
  readonly startTime: string;
  /** Where its agent keeps its files. */
  readonly directory: string;
}

/** The word before a task process's directory on its supervisor's command line. */
const SUPERVISOR = 'berth-process';

/** Every live process whose command line names `directory` or something below it. */
export function processesUnder(directory: string): readonly SeenProcess[] {
  const isBelow = (word: string): boolean => word === directory || word.startsWith(`${directory}/`);
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => readProcess(Number(entry)))
    .filter(({ words }) => words.some(isBelow));
}

/** The tasks' processes that agents with their state below `directory` started, whichever life of an agent did. */
export const taskProcesses = (directory: string): readonly TaskProcess[] =>
  processesUnder(directory).flatMap(({ pid, startTime, words }) => {
    const position = words.indexOf(SUPERVISOR);
    const directory = words[position + 1] ?? '';
    const name = directory.split('/').at(-1) ?? '';
    const [taskId = '', epoch = ''] = name.split('.');
    // The supervisor's forks carry its command line until they run the command; the group's leader is the one.
    return position > 0 && isGroupLeader(pid) ? [{ taskId, epoch: Number(epoch), pid, startTime, directory }] : [];
  });

/** The agents with their state below `directory`. */
export const agentPids = (directory: string): readonly number[] =>
  processesUnder(directory)
    .filter(({ words }) => words.includes('agent') && words.some((word) => word.endsWith('cli/main.ts')))
    .map(({ pid }) => pid);

/** The watchdogs of agents with their state below `directory`. */
export const watchdogPids = (directory: string): readonly number[] =>
  processesUnder(directory)
    .filter(({ words }) => words.some((word) => word.endsWith('agent/watchdog/main.ts')))
    .map(({ pid }) => pid);

/** kill -9, and waits until the process is gone. */
export async function killNine(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  while (readProcess(pid).length > 0) await pause(5);
}

/** Kills the tasks' processes that are left below `directory`, as whole groups. */
export function endTaskProcesses(directory: string): void {
  for (const { pid } of taskProcesses(directory)) process.kill(-pid, 'SIGKILL');
}

function readProcess(pid: number): readonly SeenProcess[] {
  const stat = statOf(pid);
  if (!stat || stat.state === 'Z' || stat.state === 'X') return [];
  const words = textOf(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  return [{ pid, startTime: stat.startTime, words }];
}

const isGroupLeader = (pid: number): boolean => statOf(pid)?.group === String(pid);

/** The command's name is in parentheses and may hold anything, so fields are counted after the last one. */
function statOf(
  pid: number,
): { readonly state: string; readonly group: string; readonly startTime: string } | undefined {
  const line = textOf(`/proc/${pid}/stat`);
  const [state, , group, ...rest] = line?.slice(line.lastIndexOf(')') + 2).split(' ') ?? [];
  const startTime = rest[16];
  return state === undefined || group === undefined || startTime === undefined
    ? undefined
    : { state, group, startTime };
}

/** Undefined when the process ended meanwhile. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
