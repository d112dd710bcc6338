import { readdir, readFile } from 'node:fs/promises';
import { CommandError } from '../errors.ts';
import { tryCommand } from './run-command.ts';

/** Kills one task's container behind the control plane's back. Answers what was done, for the reader. */
export async function killContainer(taskId: string): Promise<string> {
  const listed = await tryCommand('docker', ['ps', '--quiet', '--filter', `label=berth.task=${taskId}`], 5_000);
  const [container] = listed?.trim().split('\n') ?? [];
  if (!container || (await tryCommand('docker', ['kill', container], 10_000)) === undefined) {
    throw new CommandError(`the container of task ${taskId} was not found or could not be killed`);
  }
  return `docker kill ${container}`;
}

/** Kills one process whose command line carries `marker`; which task that was shows in the API afterwards. */
export async function killProcess(marker: string): Promise<string> {
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (Number.isSafeInteger(pid) && pid !== process.pid && (await isShellWith(entry, marker))) {
      process.kill(pid, 'SIGKILL');
      return `kill -9 ${pid}`;
    }
  }
  throw new CommandError('no process of the demonstration was found to kill');
}

/** Invariant: only the task's own shell matches, because only its first word is a shell and it carries our marker. */
async function isShellWith(pid: string, marker: string): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [command, ...rest] = line.split('\0');
  return /(^|\/)(sh|dash|bash|busybox)$/.test(command ?? '') && rest.some((word) => word.includes(marker));
}
