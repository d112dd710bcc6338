import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMadeAfter } from '#core/kube/deployment/draft-replica-set.ts';
import { replicaSetSpec } from '#core/kube/replica-set/replica-set.ts';
import { readySince } from '#core/kube/workload/pod-standing.ts';
import { DeploymentWorld, templateOf } from './deployment.world.ts';

type Step = (world: DeploymentWorld) => void;

const nat = fc.nat({ max: 30 });
const strategies = fc.constantFrom<object>(
  { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
  { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  { rollingUpdate: { maxSurge: '200%', maxUnavailable: '100%' } },
  { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
  { type: 'Recreate' },
);

/** A step of the Deployment: never above the maximum, and never below the minimum of its own will. */
const reconcile: Step = (world) => {
  const { limits, isRolling, replicas } = world.spec;
  const [asked, assured] = [world.asked(), world.assured()];
  world.reconcile();
  expect(world.asked()).toBeLessThanOrEqual(Math.max(asked, limits.maximum));
  const isScaling = asked > limits.maximum || replicas < asked;
  if (isRolling && !isScaling) expect(world.assured()).toBeGreaterThanOrEqual(Math.min(assured, limits.minimum));
};

const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });
const each = (act: (world: DeploymentWorld, nth: number) => void) =>
  nat.map(
    (nth): Step =>
      (world) =>
        act(world, nth),
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  weighted(6, fc.constant(reconcile)),
  weighted(
    6,
    each((world, nth) => world.reconcileSet(nth)),
  ),
  weighted(
    6,
    each((world, nth) => world.say(nth, 'Running', true)),
  ),
  weighted(
    2,
    each((world, nth) => world.say(nth, 'Running', false)),
  ),
  weighted(
    1,
    each((world, nth) => world.say(nth, 'Failed', false)),
  ),
  weighted(
    1,
    each((world, nth) => world.remove(nth)),
  ),
  weighted(
    2,
    each((world, nth) => world.change({ replicas: nth % 13 })),
  ),
  weighted(
    2,
    each((world, nth) => world.change({ template: templateOf(nth % 4) })),
  ),
  weighted(
    1,
    fc.boolean().map(
      (paused): Step =>
        (world) =>
          world.change({ paused }),
    ),
  ),
  weighted(
    1,
    strategies.map(
      (strategy): Step =>
        (world) =>
          world.change({ strategy }),
    ),
  ),
  weighted(
    2,
    fc.nat({ max: 20_000 }).map(
      (ms): Step =>
        (world) => {
          world.now += ms;
        },
    ),
  ),
);

test('plan deployment, any schedule of changes, crashes and deletions, stays within its limits, converges and then writes nothing', () => {
  fc.assert(
    fc.property(strategies, fc.array(step, { maxLength: 80, size: 'max' }), (strategy, steps) => {
      const world = new DeploymentWorld({ replicas: 4, strategy });
      for (const apply of steps) apply(world);
      world.change({ paused: false });
      for (let round = 0; round < 60; round += 1) world.settle();
      const { replicas, template } = world.spec;
      expect(world.active).toHaveLength(replicas);
      expect(world.active.every((pod) => readySince(pod) !== undefined)).toBe(true);
      const current = world.sets.filter((set) => isMadeAfter(set, template));
      expect(current.map((set) => replicaSetSpec(set).replicas)).toEqual([replicas]);
      expect(world.deployment['status']).toMatchObject({ observedGeneration: world.deployment.metadata.generation });
      const { writes } = world;
      world.settle();
      expect(world.writes).toBe(writes);
    }),
    { numRuns: 200 },
  );
});

test('plan replica set, workers that race and come late, never make more pods than are asked for nor delete more', () => {
  const act = fc.record({ nth: nat, kind: fc.constantFrom('plan', 'apply', 'ready', 'fail', 'remove', 'scale') });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80, size: 'max' }), (acts) => {
      const world = new DeploymentWorld({ replicas: 5 });
      world.reconcile();
      const late: { readonly plan: NonNullable<ReturnType<DeploymentWorld['planSet']>>; readonly lost: number }[] = [];
      // Pods that others took away or that failed: a plan made before could not know of them.
      let lost = 0;
      const asked = (): number => replicaSetSpec(world.sets[0] ?? world.deployment).replicas;
      for (const { nth, kind } of acts) {
        const plan = world.planSet(0);
        if (kind === 'plan' && plan) late.push({ plan, lost });
        if (kind === 'remove' || kind === 'fail') lost += 1;
        if (kind === 'ready') world.say(nth, 'Running', true);
        if (kind === 'fail') world.say(nth, 'Failed', false);
        if (kind === 'remove') world.remove(nth);
        if (kind === 'scale') {
          world.change({ replicas: nth % 9 });
          world.reconcile();
        }
        if (kind !== 'apply') continue;
        const [taken] = late.splice(nth % Math.max(1, late.length), 1);
        const before = world.active.length;
        if (taken) world.applySet(taken.plan);
        const after = world.active.length;
        expect(after).toBeLessThanOrEqual(Math.max(before, asked()));
        expect(after).toBeGreaterThanOrEqual(Math.min(before, asked()) - (lost - (taken?.lost ?? lost)));
      }
    }),
    { numRuns: 1_000 },
  );
});
