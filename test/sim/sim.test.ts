import { describe, expect, it } from 'vitest';
import failing from './failing-seeds.json' with { type: 'json' };
import type { Mutant } from './plan.ts';
import { type SimOptions, simulate } from './world.ts';

const OUTAGES_MS = [2_000, 11_000, 14_000, 17_000, 22_000, 60_000, 600_000] as const;
/** Mutants that random schedules catch within a few seeds. */
const CAUGHT: readonly Mutant[] = ['R1', 'R2', 'R5', 'R11', 'R13'];
const MUTANT_SEEDS = 30;

async function violations(schedules: readonly SimOptions[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const options of schedules) {
    const { violation } = await simulate(options);
    if (violation) found.push(`${JSON.stringify(options)}: ${violation.invariant} ${violation.story}`);
  }
  return found;
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

describe('simulator', () => {
  it('schedules that once broke an invariant, stay fixed', { timeout: 60_000 }, async () => {
    const schedules = failing.map(
      ({ seed, outageMs }): SimOptions => (outageMs === undefined ? { seed } : { seed, outageMs }),
    );
    expect(await violations(schedules)).toEqual([]);
  });

  it.each(OUTAGES_MS)(
    'control plane away for %i ms, nobody is declared lost',
    { timeout: 60_000 },
    async (outageMs) => {
      expect(await violations(upTo(20).map((seed) => ({ seed, outageMs })))).toEqual([]);
    },
  );

  it.each(CAUGHT)('rule %s switched off, an oracle notices', { timeout: 60_000 }, async (mutant) => {
    for (const seed of upTo(MUTANT_SEEDS)) {
      const { violation } = await simulate({ seed, mutant });
      if (violation) return;
    }
    expect.fail(`no seed up to ${MUTANT_SEEDS} noticed that ${mutant} is off`);
  });

  it('the same seed, the same schedule to the last event', { timeout: 30_000 }, async () => {
    expect(await simulate({ seed: 42 })).toEqual(await simulate({ seed: 42 }));
  });
});
