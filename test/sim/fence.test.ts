import { describe, expect, it } from 'vitest';
import { FENCE_PLANS } from './plans/fence.ts';
import type { DirectedPlan } from './plans/plan-report.ts';

const SEEDS = Array.from({ length: 20 }, (_, at) => at + 1);
/** Troubles in which the agent itself can end nothing. */
const HELPLESS = ['fence-freeze', 'fence-kill'];

const plan = (name: string): DirectedPlan => {
  const found = FENCE_PLANS[name];
  if (!found) throw new RangeError(`no plan ${name}`);
  return found;
};

/** What broke, seed by seed, and what was covered. */
async function run(name: string, mutant?: 'R6'): Promise<{ failures: readonly string[]; notes: readonly string[] }> {
  const reports = [];
  for (const seed of SEEDS) reports.push(await plan(name)({ seed, mutant }));
  return { failures: reports.flatMap(({ failures }) => failures), notes: reports.flatMap(({ notes }) => notes) };
}

describe('fenced services', () => {
  it.each(Object.keys(FENCE_PLANS))('%s, no slot ever runs twice, and what was ended is replaced', async (name) => {
    const { failures, notes } = await run(name);
    expect(failures).toEqual([]);
    expect(notes.filter((note) => !note.includes(': 0 replaced')).length).toBeGreaterThan(SEEDS.length / 2);
  });

  it('machines that stand still as a whole, are seen beside the replacement for no longer than three seconds', async () => {
    const { failures, notes } = await run('fence-pause');
    expect(failures).toEqual([]);
    expect(notes.some((note) => /, [1-9]\d* seen beside/.test(note))).toBe(true);
  });

  it.each(HELPLESS)('rule R6 switched off, %s, slots run twice', async (name) => {
    const { failures } = await run(name, 'R6');
    expect(failures.filter((failure) => failure.includes(': S2 at ')).length).toBeGreaterThan(SEEDS.length / 2);
  });
});
