import { runPool } from './pool.ts';
import { showProgress } from './progress.ts';
import { argumentsOf, type Schedule } from './schedule.ts';
import { Tally } from './tally.ts';

/** Runs all schedules, or as many as there is time for until `signal`. Says each violation when it comes. */
export async function runSeeds(schedules: readonly Schedule[], jobs: number, signal: AbortSignal): Promise<Tally> {
  const tally = new Tally();
  const stop = showProgress('', tally, schedules.length);
  try {
    await runPool(schedules, {
      jobs,
      signal,
      onOutcome: (outcome) => {
        tally.add(outcome);
        const { violation } = outcome.result;
        if (violation)
          process.stderr.write(`${argumentsOf(outcome.schedule)}: ${violation.invariant}: ${violation.story}\n`);
        return true;
      },
    });
  } finally {
    stop();
  }
  return tally;
}
