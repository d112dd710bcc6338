import { dockerMissing } from '#test/support/loud-skip.ts';
import { HELP, readOptions } from './options.ts';
import { runChaos } from './run-chaos.ts';
import { shown } from './summary.ts';
import { namespacesMissing } from './world/network.ts';

/** Exit code of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

async function main(args: readonly string[]): Promise<number> {
  const missing = { engine: await dockerMissing(), namespaces: await namespacesMissing() };
  const options = readOptions(args, missing);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if ('problem' in options) {
    process.stderr.write(`chaos: ${options.problem}\n\n${HELP}`);
    return 2;
  }
  if (missing.namespaces !== undefined)
    process.stderr.write(`SKIPPED network namespaces: ${missing.namespaces}; the proxies play the partitions\n`);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // A second signal ends this process at once; the janitor cleans up all the same.
    process.once(signal, () => {
      process.stderr.write('chaos: ending and cleaning up\n');
      interrupted.abort();
    });
  }
  const timeline = options.json ? process.stderr : process.stdout;
  const summary = await runChaos(options, (line) => void timeline.write(`${line}\n`), interrupted.signal);
  process.stdout.write(options.json ? `${JSON.stringify(summary, undefined, 1)}\n` : shown(summary));
  if (interrupted.signal.aborted) return INTERRUPTED;
  return summary.violations.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
