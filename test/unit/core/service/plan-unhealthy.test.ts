import { describe, expect, it } from 'vitest';
import { isUnhealthy, nextUnhealthy, planUnhealthy, stopUnhealthy } from '#core/service/plan-unhealthy.ts';
import type { PlacedSlot } from '#core/service/slots.ts';

const ill = (index: number, at = 0, changes: Partial<PlacedSlot> = {}): PlacedSlot => ({
  deployment: 'd',
  index,
  epoch: 1,
  phase: 'running',
  failures: 0,
  runningSince: 0,
  health: { status: 'UNHEALTHY', at },
  ...changes,
});
const indexes = (stops: ReturnType<typeof stopUnhealthy>) =>
  stops.map((stop) => (stop.kind === 'stop' && stop.isUnhealthy ? stop.index : undefined));

describe('isUnhealthy', () => {
  it('without a grace period, an UNHEALTHY task that runs, is ill at once', () => {
    expect(isUnhealthy({}, ill(0), 0)).toBe(true);
    expect(nextUnhealthy({}, [ill(0)], 0)).toBeUndefined();
  });

  it('a grace period, is over so many seconds after the task ran, and the earliest end is what to wait for', () => {
    const service = { healthCheckGracePeriodSeconds: 10 };
    expect([9_999, 10_000].map((now) => isUnhealthy(service, ill(0), now))).toEqual([false, true]);
    const later = ill(1, 0, { runningSince: 500 });
    expect(nextUnhealthy(service, [later, ill(0)], 100)).toBe(10_000);
    expect(nextUnhealthy(service, [later, ill(0)], 10_000)).toBe(10_500);
  });

  it('a task that is HEALTHY, stops already, or is checked by nothing, is not ill', () => {
    const { health: _none, ...unchecked } = ill(0);
    const well = [ill(0, 0, { health: { status: 'HEALTHY', at: 0 } }), ill(0, 0, { phase: 'stopping' }), unchecked];
    expect(well.map((slot) => isUnhealthy({}, slot, 0))).toEqual([false, false, false]);
  });
});

describe('stopUnhealthy', () => {
  it('room for two of three, stops those that are ill the longest, equals in order of index', () => {
    expect(indexes(stopUnhealthy([ill(3, 5), ill(2, 9), ill(1, 5)], 2))).toEqual([1, 3]);
  });

  it('less than no room, stops none', () => {
    expect(stopUnhealthy([ill(0)], -1)).toEqual([]);
  });
});

describe('planUnhealthy', () => {
  const question = { desired: 2, unhealthy: [ill(0), ill(1)], healthy: 0, spare: 9 };

  it('a replacement may start, stops none before one is healthy, and then one for each', () => {
    const waiting = { ...question, isReplacing: true, isBlocked: false };
    expect(indexes(planUnhealthy(waiting))).toEqual([]);
    expect(indexes(planUnhealthy({ ...waiting, healthy: 1 }))).toEqual([0]);
    expect(indexes(planUnhealthy({ ...waiting, healthy: 2 }))).toEqual([0, 1]);
    expect(indexes(planUnhealthy({ ...waiting, healthy: 2, spare: 1 }))).toEqual([0]);
  });

  it('the maximum forbids a replacement, stops one, and the next only when the replacement is healthy', () => {
    expect(indexes(planUnhealthy({ ...question, isReplacing: false, isBlocked: true }))).toEqual([0]);
    expect(indexes(planUnhealthy({ ...question, isReplacing: true, isBlocked: true }))).toEqual([]);
    expect(indexes(planUnhealthy({ ...question, isReplacing: false, isBlocked: true, spare: 0 }))).toEqual([]);
  });
});
