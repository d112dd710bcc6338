import { tryCommand } from '#cli/demo/run-command.ts';

/**
 * True when `reason` is absent. Otherwise says on standard error what is missing, so that a skipped test is never silent;
 * in CI, where everything is installed, a missing thing is an error.
 */
export function runnable(what: string, reason: string | undefined): boolean {
  if (reason === undefined) return true;
  if (process.env.CI === 'true') throw new Error(`${what} must run in CI: ${reason}`);
  process.stderr.write(`SKIPPED ${what}: ${reason}\n`);
  return false;
}

/** Why Docker cannot be used here; undefined when it can. */
export async function dockerMissing(): Promise<string | undefined> {
  const answer = await tryCommand('docker', ['version', '--format', '{{.Server.Version}}'], 10_000);
  return answer === undefined ? 'no Docker engine answers (install docker.io and start dockerd)' : undefined;
}
