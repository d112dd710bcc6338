import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerAt } from '#core/capacity/share-out.ts';
import type { CapacityProviderStrategy } from '#core/model/capacity-provider.ts';

const MAX_TASKS = 300;

/** Up to 20 providers of any weights, one of them perhaps with a base, at least one with a weight. */
const strategies = fc
  .record({
    weights: fc
      .array(fc.oneof(fc.nat(5), fc.nat(1_000)), { minLength: 1, maxLength: 20 })
      .filter((weights) => weights.some((weight) => weight > 0)),
    base: fc.oneof(fc.constant(0), fc.nat(50)),
    based: fc.nat(),
  })
  .map(
    ({ weights, base, based }): CapacityProviderStrategy =>
      weights.map((weight, at) => ({
        capacityProvider: `p${at}`,
        weight,
        base: at === based % weights.length ? base : 0,
      })),
  );

const shared = (strategy: CapacityProviderStrategy, count: number): readonly string[] =>
  Array.from({ length: count }, (_, position) => providerAt(strategy, position));

describe('providerAt', () => {
  it('of any strategy, gives the base first and exactly', () => {
    fc.assert(
      fc.property(strategies, (strategy) => {
        const based = strategy.find(({ base }) => base > 0);
        expect(shared(strategy, based?.base ?? 0).every((name) => name === based?.capacityProvider)).toBe(true);
      }),
    );
  });

  it('of any strategy, keeps every provider within 1 task of its share, however many tasks there are', () => {
    fc.assert(
      fc.property(strategies, (strategy) => {
        const base = strategy.find((item) => item.base > 0)?.base ?? 0;
        const total = strategy.reduce((sum, { weight }) => sum + weight, 0);
        const counts = new Map(strategy.map(({ capacityProvider }) => [capacityProvider, 0]));
        let furthest = 0;
        shared(strategy, base + MAX_TASKS)
          .slice(base)
          .forEach((name, at) => {
            counts.set(name, (counts.get(name) ?? 0) + 1);
            for (const { capacityProvider, weight } of strategy) {
              const off = Math.abs((counts.get(capacityProvider) ?? 0) - ((at + 1) * weight) / total);
              furthest = Math.max(furthest, off);
            }
          });
        expect(furthest).toBeLessThan(1);
      }),
    );
  });

  it('of a provider without weight, gives it nothing but its base', () => {
    fc.assert(
      fc.property(strategies, (strategy) => {
        const base = strategy.find((item) => item.base > 0)?.base ?? 0;
        const idle = new Set(strategy.filter(({ weight }) => weight === 0).map((item) => item.capacityProvider));
        expect(
          shared(strategy, base + MAX_TASKS)
            .slice(base)
            .some((name) => idle.has(name)),
        ).toBe(false);
      }),
    );
  });

  it('asked in any order, answers the same', () => {
    fc.assert(
      fc.property(strategies, fc.array(fc.nat(5_000), { maxLength: 20 }), (strategy, positions) => {
        const copy = strategy.map((item) => ({ ...item }));
        const answers = positions.map((position) => providerAt(strategy, position));
        expect(positions.toReversed().map((position) => providerAt(copy, position))).toEqual(answers.toReversed());
      }),
    );
  });

  it('of 1 to 3, is shared out three to one in every four tasks', () => {
    const strategy = [
      { capacityProvider: 'FARGATE', base: 2, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 3 },
    ];
    expect(shared(strategy, 10).map((name) => name === 'FARGATE')).toEqual([
      ...[true, true],
      ...[false, true, false, false],
      ...[false, true, false, false],
    ]);
  });
});
