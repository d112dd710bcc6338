import { parseArgs } from 'node:util';
import type { Benchmark, BenchResult } from './lib/benchmark.ts';
import { printTable } from './lib/print-table.ts';
import { latency } from './latency.ts';
import { launchDocker } from './launch-docker.ts';
import { ledger } from './ledger.ts';
import { placement } from './placement.ts';
import { scale } from './scale.ts';

const BENCHMARKS: readonly Benchmark[] = [placement, ledger, launchDocker, latency, scale];

const USAGE = `node bench/run.ts [--only <name>]... [--quick] [--json]
benchmarks: ${BENCHMARKS.map(({ name }) => name).join(', ')}
`;

/** Runs the benchmarks one after the other and answers the exit code. Figures never decide it: machines are shared. */
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
    results.set(benchmark.name, await benchmark.run({ quick: values.quick, progress }));
  }
  process.stdout.write(values.json ? `${JSON.stringify(Object.fromEntries(results), undefined, 2)}\n` : `\n${printTable(results)}`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
