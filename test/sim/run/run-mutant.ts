import { MUTANTS, type Rule } from '../mutants/mutants.ts';
import type { Violation } from '../world/open-world.ts';
import { runPool } from './pool.ts';
import { showProgress } from './progress.ts';
import type { MutantResult } from './report.ts';
import type { Outcome } from './run-schedule.ts';
import { type Schedule, seedsFrom } from './schedule.ts';
import { Tally } from './tally.ts';

interface MutantRun {
  readonly rule: Rule;
  readonly from: number;
  readonly seeds: number;
  /** Only outages of this length. */
  readonly outageMs: number | undefined;
}

/** The directed schedule first, when the rule has one. */
export function schedulesFor({ rule, from, seeds, outageMs }: MutantRun): readonly Schedule[] {
  if (outageMs !== undefined) return seedsFrom(from, seeds, { mutant: rule, outageMs });
  const { caught } = MUTANTS[rule];
  const directed: readonly Schedule[] =
    caught.kind === 'directed' ? [{ kind: 'directed', name: caught.schedule, mutant: rule }] : [];
  return [...directed, ...seedsFrom(from, seeds, { mutant: rule })];
}

/** Where a mutant was caught, and by which invariant. */
export type Caught = { readonly schedule: Schedule } & Violation;

/** That a directed schedule misses its moment says nothing about the rule. */
export const caughtBy = ({ schedule, result: { violation } }: Outcome): Caught | undefined =>
  violation && violation.invariant !== 'schedule' ? { schedule, ...violation } : undefined;

/** Runs with a rule switched off until an oracle notices, and tells of the first schedule that did. */
export async function runMutant(run: MutantRun, jobs: number, signal: AbortSignal): Promise<MutantResult> {
  const schedules = schedulesFor(run);
  const tally = new Tally();
  const stop = showProgress(`${run.rule}: `, tally, schedules.length);
  let first = schedules.length;
  let caught: Caught | undefined;
  try {
    await runPool(schedules, {
      jobs,
      signal,
      onOutcome: (outcome, index) => {
        tally.add(outcome);
        const found = caughtBy(outcome);
        if (found && index < first) {
          first = index;
          caught = found;
        }
        return caught === undefined;
      },
    });
  } finally {
    stop();
  }
  const ran = caught ? first + 1 : tally.schedules;
  return { rule: run.rule, schedules: ran, seconds: tally.summary().seconds, ...(caught && { caught }) };
}
