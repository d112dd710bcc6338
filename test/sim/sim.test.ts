import { describe, expect, it } from 'vitest';
import { DIRECTED, playDirected } from './directed.ts';
import failing from './failing-seeds.json' with { type: 'json' };
import { hunt } from './hunt.ts';
import { MUTANTS, type Rule } from './mutants.ts';
import { type SimOptions, simulate } from './world.ts';

const OUTAGES_MS = [2_000, 11_000, 14_000, 17_000, 22_000, 60_000, 600_000] as const;
const RULES = Object.keys(MUTANTS) as Rule[];

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

  it.each(RULES)('rule %s switched off, the simulator notices', { timeout: 60_000 }, async (rule) => {
    expect(await hunt(rule), MUTANTS[rule].off).toBeDefined();
  });

  it.each(DIRECTED)('$name, nothing breaks', { timeout: 60_000 }, async (schedule) => {
    expect(await playDirected(schedule)).toBeUndefined();
  });

  it('the same seed, the same schedule to the last event', { timeout: 30_000 }, async () => {
    expect(await simulate({ seed: 42 })).toEqual(await simulate({ seed: 42 }));
  });
});
