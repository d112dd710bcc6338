import { describe, expect, it } from 'vitest';
import { DIRECTED } from '../directed/directed.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { parseOptions, UsageError } from './options.ts';

describe('parseOptions', () => {
  it('nothing said, runs a thousand seeds on all cores', () => {
    expect(parseOptions([])).toMatchObject({ kind: 'seeds', from: 1, seeds: 1_000, isJson: false });
  });

  it('seeds, first seed and jobs, are taken', () => {
    expect(parseOptions(['--seeds', '20', '--from', '7', '--jobs', '3', '--json'])).toEqual({
      kind: 'seeds',
      from: 7,
      seeds: 20,
      jobs: 3,
      isJson: true,
      outageMs: undefined,
    });
  });

  it('one seed, is replayed', () => {
    expect(parseOptions(['--seed', '6', '--outage', '14000', '--trace'])).toEqual({
      kind: 'replay',
      schedule: { kind: 'random', seed: 6, outageMs: 14_000 },
      isTraced: true,
      isJson: false,
    });
  });

  it('a directed schedule, is replayed', () => {
    const { name = '' } = DIRECTED[0] ?? {};
    expect(parseOptions(['--directed', name])).toMatchObject({ kind: 'replay', schedule: { kind: 'directed', name } });
  });

  it('a plan, is run with its own options', () => {
    expect(parseOptions(['--plan', 'crash-points', '--every', '9', '--only', 'store', '--seeds', '2'])).toMatchObject({
      kind: 'plan',
      plan: 'crash-points',
      from: 1,
      seeds: 2,
      every: 9,
      only: 'store',
    });
  });

  it('one rule or all, are switched off', () => {
    expect(parseOptions(['--mutant', 'R8'])).toMatchObject({ kind: 'mutants', mutants: ['R8'] });
    expect(parseOptions(['--mutants'])).toMatchObject({ kind: 'mutants', mutants: Object.keys(MUTANTS) });
  });

  it.each([
    [['--seeds', 'many'], "--seeds takes a whole number from 1, not 'many'"],
    [['--seeds=-5'], "--seeds takes a whole number from 1, not '-5'"],
    [['--seeds', '1.5'], "--seeds takes a whole number from 1, not '1.5'"],
    [['--jobs', '0'], "--jobs takes a whole number from 1 to 256, not '0'"],
    [['--mutant', 'R99'], "'R99'"],
    [['--speed', '9'], '--speed'],
    [['--trace'], '--trace needs --seed'],
    [['--seed', '1', '--seeds', '2'], 'leave out --seeds'],
    [['--mutants', '--mutant', 'R1'], 'leave out --mutant'],
    [['6'], '6'],
    [['--plan', 'crash'], "not 'crash'"],
    [['--directed', 'nowhere'], "not 'nowhere'"],
    [['--all'], '--all needs --plan'],
  ])('%j, is refused and named', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
