import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityReservation, scaledMachines } from '#core/capacity/managed-scaling.ts';

const demands = fc.record({ needed: fc.nat(5_000), present: fc.nat(5_000) });
const scalings = fc
  .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }))
  .map(([targetCapacity, a, b]) => ({ targetCapacity, minimumStep: Math.min(a, b), maximumStep: Math.max(a, b) }));

describe('capacityReservation', () => {
  it('of any demand, is M / N x 100, 100 for nothing at all and 200 from zero', () => {
    fc.assert(
      fc.property(demands, ({ needed, present }) => {
        const expected = present > 0 ? (100 * needed) / present : needed > 0 ? 200 : 100;
        expect(capacityReservation({ needed, present })).toBeCloseTo(expected, 9);
      }),
    );
  });
});

describe('scaledMachines', () => {
  it('of any demand, steps no further than allowed', () => {
    fc.assert(
      fc.property(demands, scalings, (demand, scaling) => {
        const change = scaledMachines(demand, scaling) - demand.present;
        if (change > 0) {
          expect(change).toBeGreaterThanOrEqual(scaling.minimumStep);
          expect(change).toBeLessThanOrEqual(scaling.maximumStep);
        } else {
          expect(-change).toBeLessThanOrEqual(Math.max(1, demand.present / 2));
        }
      }),
    );
  });

  it('repeated, ends at the fewest machines that keep the reservation at the target or below', () => {
    fc.assert(
      fc.property(demands, fc.integer({ min: 1, max: 100 }), ({ needed, present }, targetCapacity) => {
        const scaling = { targetCapacity, minimumStep: 1, maximumStep: 10_000 };
        let machines = present;
        for (let step = 0; step < 200; step += 1) machines = scaledMachines({ needed, present: machines }, scaling);
        expect(needed * 100).toBeLessThanOrEqual(machines * targetCapacity);
        expect(needed * 100).toBeGreaterThan((machines - 1) * targetCapacity);
        expect(scaledMachines({ needed, present: machines }, scaling)).toBe(machines);
      }),
    );
  });

  it('with any steps, never takes away machines that tasks need', () => {
    fc.assert(
      fc.property(demands, scalings, (demand, scaling) => {
        expect(scaledMachines(demand, scaling)).toBeGreaterThanOrEqual(Math.min(demand.needed, demand.present));
      }),
    );
  });
});
