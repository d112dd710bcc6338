import { describe, expect, it } from 'vitest';
import type { Rule } from './mutants/mutants.ts';
import { PLANS } from './plans/all-plans.ts';

/** How many seeds of each plan fit into a test run; the plans of one fault have a test file of their own. */
const SEEDS: Readonly<Record<string, number>> = {
  'late-response': 4,
  'stop-during-start': 3,
  stampede: 1,
  poison: 3,
  'disk-full': 4,
  'cloned-identity': 4,
  'restored-disk': 3,
  'lost-identity': 5,
  'clock-jump': 2,
  'clock-drift': 2,
  'mass-expiry': 3,
  'outage-10-min': 5,
  'outage-3-h': 2,
  'outage-25-h': 1,
};

/** What each plan is able to see. */
const CAUGHT: readonly (readonly [string, Rule])[] = [
  ['mass-expiry', 'R13'],
  ['restored-disk', 'R11'],
  ['clock-jump', 'R5'],
  ['cloned-identity', 'R12'],
  ['stop-during-start', 'R9'],
];

async function failuresOf(name: string, seeds: number, mutant?: Rule): Promise<readonly string[]> {
  const plan = PLANS[name];
  if (!plan) throw new Error(`no plan ${name}`);
  const found: string[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { failures } = await plan({ seed, mutant });
    found.push(...failures.map((failure) => `seed ${seed}: ${failure}`));
  }
  return found;
}

describe('directed plans', () => {
  it.each(Object.entries(SEEDS))('%s, nothing breaks', { timeout: 120_000 }, async (name, seeds) => {
    expect(await failuresOf(name, seeds)).toEqual([]);
  });

  it.each(CAUGHT)('%s with rule %s switched off, it notices', { timeout: 60_000 }, async (name, mutant) => {
    expect(await failuresOf(name, 3, mutant)).not.toEqual([]);
  });
});
