import { assertNever } from '#core/assert-never.ts';
import { runPlan } from './plans/run-plan.ts';
import { type Options, parseOptions, USAGE, UsageError } from './run/options.ts';
import { type MutantResult, mutantsText, summaryText } from './run/report.ts';
import { runMutant } from './run/run-mutant.ts';
import { runSchedule } from './run/run-schedule.ts';
import { runSeeds } from './run/run-seeds.ts';
import { seedsFrom } from './run/schedule.ts';
import { Tally } from './run/tally.ts';

type Of<K extends Options['kind']> = Extract<Options, { readonly kind: K }>;

const INTERRUPTED = 130;
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const show = (isJson: boolean, json: unknown, text: string): void =>
  print(isJson ? JSON.stringify(json, undefined, 2) : text);

/** With a rule switched off a violation is what is hoped for. */
const exitCode = (isViolated: boolean, isHopedFor: boolean): number => (isViolated === isHopedFor ? 0 : 1);

async function replay({ schedule, isTraced, isJson }: Of<'replay'>): Promise<number> {
  const tally = new Tally();
  // JSON on standard output stays alone there.
  const trace = isJson ? (line: string): void => void process.stderr.write(`${line}\n`) : print;
  tally.add(await runSchedule(schedule, isTraced ? trace : undefined));
  const summary = tally.summary();
  show(isJson, summary, summaryText(summary, 1));
  return exitCode(tally.failures > 0, schedule.mutant !== undefined);
}

async function seeds({ from, seeds: count, jobs, outageMs, isJson }: Of<'seeds'>, signal: AbortSignal) {
  const schedules = seedsFrom(from, count, outageMs === undefined ? {} : { outageMs });
  const summary = (await runSeeds(schedules, jobs, signal)).summary();
  show(isJson, { ...summary, isInterrupted: signal.aborted }, summaryText(summary, count));
  if (summary.failures.length > 0) return 1;
  return signal.aborted ? INTERRUPTED : 0;
}

async function mutants({ mutants: rules, jobs, isJson, ...run }: Of<'mutants'>, signal: AbortSignal) {
  const results: MutantResult[] = [];
  for (const rule of rules) {
    if (!signal.aborted) results.push(await runMutant({ rule, ...run }, jobs, signal));
  }
  const report = mutantsText(results);
  show(isJson, { mutants: results, isInterrupted: signal.aborted }, signal.aborted ? `INTERRUPTED\n${report}` : report);
  if (signal.aborted) return INTERRUPTED;
  return exitCode(
    results.every(({ caught }) => caught !== undefined),
    true,
  );
}

function plan({ plan: name, from, seeds: count, isTraced, kind: _kind, ...options }: Of<'plan'>): Promise<number> {
  const numbers = Array.from({ length: count }, (_, at) => from + at);
  return runPlan(name, numbers, { ...options, trace: isTraced ? print : undefined }, print);
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  switch (options.kind) {
    case 'help':
      print(USAGE.trimEnd());
      return 0;
    case 'replay':
      return replay(options);
    case 'plan':
      return plan(options);
    case 'seeds':
      return seeds(options, interruption.signal);
    case 'mutants':
      return mutants(options, interruption.signal);
    default:
      return assertNever(options);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\nnpm run sim -- --help tells what there is\n`);
  process.exitCode = 2;
}
