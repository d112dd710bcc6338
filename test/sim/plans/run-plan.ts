import { PLANS } from './all-plans.ts';
import type { PlanOptions } from './plan-report.ts';

/** Runs a plan for each seed and prints what it found; the exit code. With a mutant it is a failure to find nothing. */
export async function runPlan(
  name: string,
  seeds: readonly number[],
  options: Omit<PlanOptions, 'seed'>,
  print: (line: string) => void,
): Promise<number> {
  const plan = PLANS[name];
  if (!plan) throw new Error(`no plan ${name}; known: ${Object.keys(PLANS).join(' ')}`);
  const startedAt = performance.now();
  let runs = 0;
  let failures = 0;
  for (const seed of seeds) {
    const report = await plan({ ...options, seed });
    runs += report.runs;
    failures += report.failures.length;
    for (const failure of report.failures) print(`seed ${seed}: ${failure}`);
    for (const note of report.notes) print(`seed ${seed}: ${note}`);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  print(`plan ${name}: ${runs} schedules in ${seconds.toFixed(1)} s, ${failures} violations`);
  return failures > 0 === (options.mutant !== undefined) ? 0 : 1;
}
