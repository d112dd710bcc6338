import type { Rule } from '../mutants/mutants.ts';

/** One simulated life, told apart by plain data, so that it can be sent to another thread and repeated by hand. */
export type Schedule =
  | {
      readonly kind: 'random';
      readonly seed: number;
      readonly mutant?: Rule;
      /** Instead of random faults: the control plane is away once, for so long. */
      readonly outageMs?: number;
    }
  | { readonly kind: 'directed'; readonly name: string; readonly mutant?: Rule };

/** Outages just below and above the spans that decide about a lease, and a long one. */
export const OUTAGES_MS = [2_000, 11_000, 14_000, 17_000, 22_000, 60_000, 600_000] as const;

export const seedsFrom = (
  from: number,
  count: number,
  rest: { readonly mutant?: Rule; readonly outageMs?: number } = {},
): readonly Schedule[] => Array.from({ length: count }, (_, at) => ({ kind: 'random', ...rest, seed: from + at }));

/** The arguments that repeat a schedule. */
export function argumentsOf(schedule: Schedule): string {
  const { mutant } = schedule;
  return [
    schedule.kind === 'random' ? `--seed ${schedule.seed}` : `--directed '${schedule.name}'`,
    ...(schedule.kind === 'random' && schedule.outageMs !== undefined ? [`--outage ${schedule.outageMs}`] : []),
    ...(mutant === undefined ? [] : [`--mutant ${mutant}`]),
  ].join(' ');
}
