import { parseStat, processStat } from '../../process-stat.ts';
import { type ProcessPaths, textOf } from './process-files.ts';

export type ProcessStatus =
  | { readonly kind: 'created' }
  | { readonly kind: 'running'; readonly pid: number }
  | { readonly kind: 'exited'; readonly exitCode: number };

/** Of a wrapper that vanished without leaving an exit code: only SIGKILL does that. */
const KILLED = 137;

/** What the files and the kernel say about a process; it does not matter which agent started it. */
export async function processStatus(paths: ProcessPaths): Promise<ProcessStatus> {
  const pid = await livePid(paths);
  if (pid !== undefined) return { kind: 'running', pid };
  const exit = (await textOf(paths.exit))?.trim();
  if (exit !== undefined && /^\d+$/.test(exit)) return { kind: 'exited', exitCode: Number(exit) };
  return (await textOf(paths.launched)) === undefined ? { kind: 'created' } : { kind: 'exited', exitCode: KILLED };
}

/** The wrapper's pid while it is alive. A pid that was reused has another start time. */
async function livePid(paths: ProcessPaths): Promise<number | undefined> {
  const recorded = (await textOf(paths.pid))?.trim();
  if (!recorded) return undefined;
  const pid = Number.parseInt(recorded, 10);
  return (await processStat(pid))?.startTime === parseStat(recorded).startTime ? pid : undefined;
}
