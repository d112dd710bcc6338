import { parseArgs } from 'node:util';
import { MUTANTS, type Rule } from './mutants.ts';
import { runPlan } from './plans/run-plan.ts';
import { type SimResult, simulate } from './world.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    outage: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    plan: { type: 'string' },
    all: { type: 'boolean', default: false },
    every: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

const RULES = Object.keys(MUTANTS) as Rule[];
const mutant = RULES.find((rule) => rule === values.mutant);
if (values.mutant !== undefined && mutant === undefined)
  throw new Error(`no mutant ${values.mutant}; known: ${RULES.join(' ')}`);

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const share = (sorted: readonly number[], at: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? 0;

function report(results: readonly SimResult[], startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1_000;
  const failures = results.filter(({ violation }) => violation);
  const times = results.flatMap(({ reconvergedMs }) => reconvergedMs ?? []).sort((left, right) => left - right);
  const events = results.reduce((sum, one) => sum + one.events, 0);
  const hours = results.reduce((sum, one) => sum + one.virtualMs, 0) / 3_600_000;
  print(
    `${results.length} seeds in ${seconds.toFixed(1)} s (${(results.length / seconds).toFixed(1)}/s), ${failures.length} violations`,
  );
  print(`${hours.toFixed(1)} virtual hours, ${events} events`);
  print(`reconvergence p50 ${share(times, 0.5)} ms, p99 ${share(times, 0.99)} ms, max ${times.at(-1) ?? 0} ms`);
}

async function run(seeds: readonly number[], rule: Rule | undefined): Promise<readonly SimResult[]> {
  const results: SimResult[] = [];
  for (const seed of seeds) {
    const options = {
      seed,
      ...(rule ? { mutant: rule } : {}),
      ...(values.outage ? { outageMs: Number(values.outage) } : {}),
      ...(values.trace ? { trace: print } : {}),
    };
    const result = await simulate(options);
    results.push(result);
    const { violation } = result;
    if (!violation) continue;
    print(`seed ${seed}: ${violation.invariant} at ${violation.at} ms: ${violation.story}`);
    if (rule && !values['keep-going']) break;
  }
  return results;
}

process.on('unhandledRejection', (error) => {
  print(`unhandled rejection: ${error instanceof Error ? error.stack : String(error)}`);
});

const from = Number(values.seed ?? values.from);
const seedsOf = (text: string): readonly number[] =>
  Array.from({ length: values.seed === undefined ? Number(text) : 1 }, (_, at) => from + at);

if (values.plan === undefined) {
  const startedAt = performance.now();
  const results = await run(seedsOf(values.seeds ?? '100'), mutant);
  report(results, startedAt);
  const isFailed = results.some(({ violation }) => violation);
  process.exitCode = isFailed === (mutant !== undefined) ? 0 : 1;
} else {
  const trace = values.trace ? print : undefined;
  const options = { mutant, trace, isAll: values.all, every: Number(values.every), only: values.only };
  process.exitCode = await runPlan(values.plan, seedsOf(values.seeds ?? '1'), options, print);
}
