import { CommanderError } from 'commander';
import { CommandError, UsageError } from './errors.ts';
import { program } from './program.ts';

const USAGE_FAILURE = 2;

/** Runs one command line and answers the exit code: 0 done, 1 failed, 2 the command line itself is wrong. */
async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  try {
    await program((result) => {
      code = result;
    }).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_FAILURE;
    if (error instanceof UsageError) return complain(`${error.message}\nSee: npx berth --help`, USAGE_FAILURE);
    if (error instanceof CommandError) return complain(error.message, 1);
    return complain(error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
  }
}

function complain(message: string, code: number): number {
  process.stderr.write(`berth: ${message}\n`);
  return code;
}

process.exitCode = await main(process.argv.slice(2));
