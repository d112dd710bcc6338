import { DIRECTED, playDirected } from '../directed/directed.ts';
import type { Violation } from '../world/open-world.ts';
import { simulate } from '../world/world.ts';
import { MUTANTS, type Rule } from './mutants.ts';

/** Where a mutant was caught. */
export interface Caught {
  readonly rule: Rule;
  /** Seed of a random schedule, or the name of a directed one. */
  readonly at: string;
  readonly violation: Violation;
}

/** Looks for the first schedule that notices that a rule is off; undefined when none does. */
export async function hunt(rule: Rule): Promise<Caught | undefined> {
  const { caught } = MUTANTS[rule];
  if (caught.kind === 'directed') {
    const schedule = DIRECTED.find(({ name }) => name === caught.schedule);
    if (!schedule) throw new RangeError(`no directed schedule is called ${caught.schedule}`);
    const violation = await playDirected(schedule, { mutant: rule });
    // That a schedule misses its moment says nothing about the rule.
    return violation && violation.invariant !== 'schedule' ? { rule, at: schedule.name, violation } : undefined;
  }
  for (let seed = 1; seed <= caught.within; seed += 1) {
    const { violation } = await simulate({ seed, mutant: rule });
    if (violation) return { rule, at: `seed ${seed}`, violation };
  }
  return undefined;
}
