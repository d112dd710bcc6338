import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Standard output of a command; undefined when it is missing, fails or takes longer than `timeout` ms. */
export async function tryCommand(
  command: string,
  args: readonly string[],
  timeout: number,
): Promise<string | undefined> {
  return exec(command, args, { timeout, killSignal: 'SIGKILL' }).then(
    ({ stdout }) => stdout,
    // The caller has another way to go on, so all it needs to know is that this one is closed.
    () => undefined,
  );
}
