import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '#test/support/memory-store.ts';
import { DIRECTED, playDirected } from './directed/directed.ts';
import failing from './failing-seeds.json' with { type: 'json' };
import { MUTANTS, type Rule } from './mutants/mutants.ts';
import { hunt } from './run/hunt.ts';
import { OUTAGES_MS } from './run/schedule.ts';
import { type SimOptions, simulate } from './world/world.ts';

const RULES = Object.keys(MUTANTS) as Rule[];

async function violations(schedules: readonly SimOptions[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const options of schedules) {
    const { violation } = await simulate(options);
    if (violation) found.push(`${JSON.stringify(options)}: ${violation.invariant} ${violation.story}`);
  }
  return found;
}

async function traced(options: SimOptions): Promise<readonly unknown[]> {
  const lines: string[] = [];
  const result = await simulate({ ...options, trace: (line) => void lines.push(line) });
  return [result, ...lines];
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
    expect(await traced({ seed: 42 })).toEqual(await traced({ seed: 42 }));
  });

  it.each([42, 43])('seed %i on SQLite, the same schedule as on its twin', { timeout: 30_000 }, async (seed) => {
    expect(await traced({ seed, openStore: openMemoryStore })).toEqual(await traced({ seed }));
  });
});
