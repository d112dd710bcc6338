import { spawn } from 'node:child_process';
import type { Timers } from '../../ports.ts';
import type { ExecOutcome } from '../port.ts';

/** What a shell says of a program it cannot run. */
const NOT_RUNNABLE = 127;
const KILLED = 137;

export interface ExecSetting {
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string | undefined;
  readonly timers: Timers;
}

/** Runs one command to its end, or to the end of its time: then it goes, with everything it has started. */
export function runCommand(
  [program = '', ...rest]: readonly string[],
  timeoutMs: number,
  { env, workingDirectory, timers }: ExecSetting,
): Promise<ExecOutcome> {
  return new Promise((resolve) => {
    const child = spawn(program, rest, {
      detached: true,
      stdio: 'ignore',
      env,
      ...(workingDirectory ? { cwd: workingDirectory } : {}),
    });
    const cancel = timers.after(timeoutMs, () => {
      resolve({ kind: 'timeout' });
      // Its own group, so that a shell's children go with it.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    });
    const ended = (exitCode: number): void => {
      cancel();
      resolve({ kind: 'exited', exitCode });
    };
    child.once('error', () => ended(NOT_RUNNABLE));
    child.once('exit', (code) => ended(code ?? KILLED));
  });
}
