import { table } from '#cli/table.ts';
import { MUTANTS, type Rule } from '../mutants/mutants.ts';
import { argumentsOf } from './schedule.ts';
import type { Failure, Summary } from './tally.ts';

/** What became of one rule that was switched off. */
export interface MutantResult {
  readonly rule: Rule;
  /** Absent when no oracle noticed. */
  readonly caught?: Failure;
  readonly schedules: number;
  readonly seconds: number;
}

const thousands = (value: number): string => value.toLocaleString('en-US');

export function summaryText(summary: Summary, total: number): string {
  const { schedules, seconds, schedulesPerSecond, virtualHours, events, reconvergenceMs, failures } = summary;
  const done = schedules < total ? `INTERRUPTED: ${thousands(schedules)} of ${thousands(total)}` : thousands(schedules);
  const { p50, p99, max } = reconvergenceMs;
  return [
    ...failures.map(
      ({ schedule, invariant, at, story }) => `${argumentsOf(schedule)}  ${invariant}  at ${at} ms: ${story}`,
    ),
    ...(failures.length > 0 ? ['repeat one with: npm run sim -- (its arguments) --trace', ''] : []),
    `${done} schedules in ${seconds} s (${schedulesPerSecond}/s), ${failures.length} violations`,
    `${thousands(virtualHours)} virtual hours, ${thousands(events)} events`,
    `reconvergence p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`,
  ].join('\n');
}

export function mutantsText(results: readonly MutantResult[]): string {
  const rows = results.map(({ rule, caught, schedules, seconds }) => [
    rule,
    caught ? caught.invariant : 'NOT CAUGHT',
    caught ? argumentsOf(caught.schedule) : '-',
    thousands(schedules),
    `${seconds} s`,
    caught?.story ?? MUTANTS[rule].off,
  ]);
  return table(['RULE', 'CAUGHT BY', 'AT', 'SCHEDULES', 'TIME', 'STORY'], rows);
}
