import { Rng } from '#test/sim/world/scheduler.ts';

/** Draws among things there are. */
export class Chance extends Rng {
  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  one<T>(values: readonly T[]): T {
    const value = this.pick(values);
    if (value === undefined) throw new RangeError('nothing to draw from');
    return value;
  }
}
