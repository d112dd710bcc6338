import type { Rule } from '../mutants/mutants.ts';

export interface PlanOptions {
  readonly seed: number;
  readonly mutant?: Rule | undefined;
  readonly trace?: ((line: string) => void) | undefined;
  /** Every point of an exhaustive plan, and not only the first, the middle and the last of each group. */
  readonly isAll?: boolean;
  /** Only every n-th point of an exhaustive plan. */
  readonly every?: number;
  /** Only points whose name contains this. */
  readonly only?: string | undefined;
}

export interface PlanReport {
  /** Schedules that were run. */
  readonly runs: number;
  /** What broke, in words. */
  readonly failures: readonly string[];
  /** What was covered. */
  readonly notes: readonly string[];
}

/** A directed plan: a schedule, or a family of them, made to reach one kind of trouble. */
export type DirectedPlan = (options: PlanOptions) => Promise<PlanReport>;
