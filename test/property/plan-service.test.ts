import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Deployment } from '#core/model/service.ts';
import type { HealthStatus } from '#core/model/task.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { ServiceWorld } from './plan-service.world.ts';

type Step = (world: ServiceWorld) => void;

const nat = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constant<Step>((world) => {
      world.reconcile();
    }),
  },
  {
    weight: 4,
    arbitrary: nat.map(
      (nth): Step =>
        (world) =>
          world.run(nth),
    ),
  },
  {
    weight: 2,
    arbitrary: nat.map(
      (nth): Step =>
        (world) =>
          world.end('stopping', nth),
    ),
  },
  {
    weight: 1,
    arbitrary: nat.map(
      (nth): Step =>
        (world) =>
          world.end('running', nth),
    ),
  },
  {
    weight: 1,
    arbitrary: nat.map(
      (nth): Step =>
        (world) =>
          world.end('started', nth),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(nat, fc.boolean()).map(
      ([nth, on]): Step =>
        (world) =>
          world.drain(nth, on),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(nat, fc.constantFrom<HealthStatus>('HEALTHY', 'HEALTHY', 'UNHEALTHY', 'UNKNOWN')).map(
      ([nth, status]): Step =>
        (world) =>
          world.say(nth, status),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 12 }).map(
      (desiredCount): Step =>
        (world) =>
          world.change({ desiredCount }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.uuid().map(
      (id): Step =>
        (world) =>
          world.change({ deployment: { ...world.service.deployment, id } }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 3_000 }).map(
      (ms): Step =>
        (world) =>
          world.pass(ms),
    ),
  },
);

/** Percentages that leave the scheduler room to roll. */
const percents = fc.constantFrom(
  { minimumHealthyPercent: 100, maximumPercent: 200 },
  { minimumHealthyPercent: 50, maximumPercent: 100 },
  { minimumHealthyPercent: 0, maximumPercent: 100 },
  { minimumHealthyPercent: 50, maximumPercent: 150 },
);

test('plan service, any schedule of changes, crashes, drains and health, keeps S3, S4 and S7 and then converges', () => {
  fc.assert(
    fc.property(percents, fc.boolean(), fc.array(step, { maxLength: 60 }), (bounds, isChecked, steps) => {
      const world = new ServiceWorld();
      world.isChecked = isChecked;
      world.change(bounds);
      for (const apply of steps) apply(world);
      // Where rounding leaves no room between minimum and maximum a rollout waits, as on ECS, until its operator gives it some.
      const { minimum, maximum } = serviceLimits(world.service);
      if (minimum === maximum) world.change({ minimumHealthyPercent: 100, maximumPercent: 200 });
      for (let round = 0; round < 40; round += 1) {
        world.now += 400_000;
        world.reconcile();
        world.settle();
      }
      const running = world.slots().filter((slot) => slot.phase === 'running');
      expect(running).toHaveLength(world.service.desiredCount);
      if (isChecked) expect(running.every((slot) => slot.health?.status === 'HEALTHY')).toBe(true);
      expect(running.every((slot) => slot.deployment === world.service.deployment.id && !slot.leaving)).toBe(true);
      expect(world.state?.deployments.map((deployment: Deployment) => deployment.rolloutState)).toEqual(['COMPLETED']);
      const writes = world.writes;
      world.reconcile();
      expect(world.writes).toBe(writes);
    }),
    { numRuns: 2_000 },
  );
});
