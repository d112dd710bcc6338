import { MUTANTS, type Rule } from '../mutants/mutants.ts';
import { type Caught, caughtBy, schedulesFor } from './run-mutant.ts';
import { runSchedule } from './run-schedule.ts';

/** Looks, in this thread, for the first schedule that is to notice that a rule is off; undefined when none does. */
export async function hunt(rule: Rule): Promise<Caught | undefined> {
  const { caught } = MUTANTS[rule];
  const seeds = caught.kind === 'random' ? caught.within : 0;
  for (const schedule of schedulesFor({ rule, from: 1, seeds, outageMs: undefined })) {
    const found = caughtBy(await runSchedule(schedule));
    if (found) return found;
  }
  return undefined;
}
