import fc from 'fast-check';
import { expect, test } from 'vitest';
import { place } from '#core/placement/place.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { zoneOf } from '#core/service/sites.ts';
import { task } from '../unit/core/placement/builders.ts';
import { RebalanceWorld, ZONES } from './plan-rebalance.world.ts';

const machines = fc.array(fc.record({ zone: fc.constantFrom(...ZONES), room: fc.integer({ min: 0, max: 6 }) }), {
  maxLength: 6,
});

const shape = fc.record({
  desired: fc.integer({ min: 2, max: 12 }),
  percents: fc.constantFrom(
    { minimumHealthyPercent: 100, maximumPercent: 200 },
    { minimumHealthyPercent: 50, maximumPercent: 150 },
    { minimumHealthyPercent: 100, maximumPercent: 110 },
    { minimumHealthyPercent: 0, maximumPercent: 200 },
  ),
  distinct: fc.boolean(),
  early: machines,
  late: machines,
  draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/** A service that became steady before machines of other zones came. */
function unbalanced({ desired, percents, distinct, early, late, draw }: Shape): RebalanceWorld {
  const world = new RebalanceWorld({
    desiredCount: desired,
    ...percents,
    placementConstraints: distinct ? [{ type: 'distinctInstance' }] : [],
  });
  for (let at = 0; at < desired; at += 1) world.addMachine('a', 1);
  for (const { zone, room } of early) world.addMachine(zone, room);
  world.rounds(100, draw);
  for (const { zone, room } of late) world.addMachine(zone, room);
  return world;
}

const unevenness = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count * count, 0);

test('plan rebalance, machines of other zones come, moves only what makes zones more even and then writes nothing', () => {
  fc.assert(
    fc.property(shape, (it) => {
      const world = unbalanced(it);
      const before = world.counts();
      const [started, stopped] = [world.started, world.stopped];
      let best = unevenness(before);
      world.rounds(200, it.draw, () => {
        if (world.wanted().length !== it.desired) return;
        expect(unevenness(world.counts())).toBeLessThanOrEqual(best);
        best = unevenness(world.counts());
      });
      const after = world.counts();
      expect(world.leastHealthy).toBeGreaterThanOrEqual(it.desired);
      expect(after.reduce((sum, count) => sum + count, 0)).toBe(it.desired);
      // Every move is one start and one stop, and brings one task to another zone for good.
      const moved = after.reduce((sum, count, zone) => sum + Math.max(0, count - (before[zone] ?? 0)), 0);
      expect([world.started - started, world.stopped - stopped]).toEqual([moved, moved]);
      const { maximum } = serviceLimits(world.service);
      if (maximum === it.desired) expect(after).toEqual(before);
      else expectEven(world, after);
    }),
    { numRuns: 250 },
  );
});

/** No zone where one more task would run has two fewer than another. */
function expectEven(world: RebalanceWorld, counts: readonly number[]): void {
  const slot = { service: 'web', deployment: world.service.deployment.id, index: 0 };
  for (const [position, zone] of ZONES.entries()) {
    const fleet = world.fleet.filter(({ reservation }) => zoneOf(reservation) === zone);
    const one = task('one', {
      slot,
      group: 'service:web',
      resources: { cpu: 256, memory: 512 },
      hostPorts: [],
      placementConstraints: world.service.placementConstraints,
    });
    const hasRoom = place([one], fleet, () => 0)[0]?.kind === 'placed';
    if (hasRoom) expect(Math.max(...counts) - (counts[position] ?? 0)).toBeLessThanOrEqual(1);
  }
}

type Trouble = (world: RebalanceWorld) => void;
const nat = fc.nat({ max: 20 });
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  nat.map(
    (nth): Trouble =>
      (world) =>
        world.crash(nth),
  ),
  nat.map(
    (nth): Trouble =>
      (world) =>
        world.occupy(nth),
  ),
  fc.tuple(nat, fc.nat({ max: 900_000 })).map(
    ([nth, ms]): Trouble =>
      (world) =>
        world.protect(nth, world.now + ms),
  ),
  fc.constantFrom(...ZONES).map(
    (zone): Trouble =>
      (world) =>
        world.addMachine(zone, 2),
  ),
  fc.constant<Trouble>((world) => world.reconcile()),
  fc.nat({ max: 50_000 }).map(
    (ms): Trouble =>
      (world) => {
        world.now += ms;
        world.reconcile();
      },
  ),
);

test('plan rebalance, crashes, protection and other tasks in the way at any moment, keeps the limits and comes to rest', () => {
  fc.assert(
    fc.property(shape, fc.array(fc.tuple(trouble, fc.boolean()), { maxLength: 30 }), (it, troubles) => {
      const world = unbalanced(it);
      for (const [happen, settles] of troubles) {
        happen(world);
        world.reconcile();
        if (settles) world.settle(it.draw);
      }
      // Rests, protections and back-offs may all have to pass before the last move.
      world.rounds(400, it.draw);
      expect(world.wanted()).toHaveLength(it.desired);
    }),
    { numRuns: 250 },
  );
});

test('plan rebalance, a service that is not rebalanced, moves nothing', () => {
  fc.assert(
    fc.property(shape, (it) => {
      const world = unbalanced(it);
      Object.assign(world.service, { availabilityZoneRebalancing: 'DISABLED' });
      const writes = world.writes;
      world.rounds(20, it.draw);
      expect(world.writes).toBe(writes);
    }),
    { numRuns: 50 },
  );
});
