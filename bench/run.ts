import { parseArgs } from 'node:util';
import { latency } from './latency.ts';
import { launchDocker } from './launch-docker.ts';
import { ledger } from './ledger.ts';
import type { Benchmark, BenchOptions, BenchResult } from './lib/benchmark.ts';
import { printTable } from './lib/print-table.ts';
import { placement } from './placement.ts';
import { scale } from './scale.ts';

const BENCHMARKS: readonly Benchmark[] = [placement, ledger, launchDocker, latency, scale];

const USAGE = `node bench/run.ts [--only <name>]... [--quick] [--json]
benchmarks: ${BENCHMARKS.map(({ name }) => name).join(', ')}
`;

/** Runs the benchmarks one after the other and answers the exit code. No figure decides it: machines are shared. */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const unknown = values.only?.find((only) => !BENCHMARKS.some(({ name }) => name === only));
  if (unknown !== undefined) {
    process.stderr.write(`no benchmark is named ${unknown}\n${USAGE}`);
    return 2;
  }
  const chosen = BENCHMARKS.filter(({ name }) => values.only?.includes(name) ?? true);
  const progress = (text: string): void => void process.stderr.write(`${text}\n`);
  const results = new Map<string, BenchResult>();
  for (const benchmark of chosen) {
    progress(`${benchmark.name} ...`);
    results.set(benchmark.name, await runOrTell(benchmark, { quick: values.quick, progress }));
  }
  process.stdout.write(
    values.json ? `${JSON.stringify(Object.fromEntries(results), undefined, 2)}\n` : `\n${printTable(results)}`,
  );
  return [...results.values()].some(({ kind }) => kind === 'failed') ? 1 : 0;
}

/** One benchmark's bug must not cost the others' figures. */
async function runOrTell(benchmark: Benchmark, options: BenchOptions): Promise<BenchResult> {
  try {
    return await benchmark.run(options);
  } catch (error) {
    options.progress(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

process.exitCode = await main(process.argv.slice(2));
