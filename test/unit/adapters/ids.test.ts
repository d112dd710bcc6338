import { describe, expect, test } from 'vitest';
import { systemIds } from '#adapters/ids.ts';
import { seededIds } from '#test/support/seeded-ids.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each([
  ['systemIds', systemIds],
  ['seededIds', seededIds('seed')],
])('%s', (_, ids) => {
  test('random draws, have the promised shapes and differ', () => {
    expect(ids.uuid()).toMatch(UUID_V4);
    expect(ids.hex(7)).toMatch(/^[0-9a-f]{7}$/);
    expect(ids.hex(100)).toMatch(/^[0-9a-f]{100}$/);
    expect(ids.digits(12)).toMatch(/^[0-9]{12}$/);
    expect(new Set(Array.from({ length: 100 }, () => ids.hex(32))).size).toBe(100);
  });

  test('random, stays in [0, 1)', () => {
    const draws = Array.from({ length: 1_000 }, () => ids.random());
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    expect(Math.max(...draws) - Math.min(...draws)).toBeGreaterThan(0.9);
  });

  test('derive, the same parts, gives the same 32 hex digits, and other parts others', () => {
    expect(ids.derive('slot', 1)).toBe(ids.derive('slot', 1));
    expect(ids.derive('slot', 1)).toMatch(/^[0-9a-f]{32}$/);
    const all = [ids.derive('ab'), ids.derive('a', 'b'), ids.derive('1'), ids.derive(1), ids.derive('a","b')];
    expect(new Set(all).size).toBe(all.length);
  });

  test('fingerprint, equal JSON whatever its order, is equal', () => {
    const left = { b: [1, { y: 1, x: 2 }], a: null, gone: undefined };
    expect(ids.fingerprint(left)).toBe(ids.fingerprint({ a: null, b: [1, { x: 2, y: 1 }] }));
    expect(ids.fingerprint(left)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('fingerprint, different JSON, differs', () => {
    const all = [{}, [], { a: 1 }, { a: '1' }, { a: null }, [1, 2], [2, 1], undefined, null].map(ids.fingerprint);
    expect(new Set(all).size).toBe(all.length);
  });
});

test('seededIds, one seed, repeats every draw', () => {
  const [one, two, other] = [seededIds(1), seededIds(1), seededIds(2)];
  const draws = (ids: typeof one): readonly unknown[] => [ids.uuid(), ids.hex(40), ids.digits(6), ids.random()];
  expect(draws(one)).toEqual(draws(two));
  expect(draws(other)).not.toEqual(draws(seededIds(1)));
});
