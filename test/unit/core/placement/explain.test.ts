import { describe, expect, test } from 'vitest';
import { explainPlacement } from '#core/placement/explain.ts';
import { place } from '#core/placement/place.ts';
import { candidate, held, task } from './builders.ts';

const BIG = { resources: { cpu: 512, memory: 512 } };

describe('explainPlacement', () => {
  test('fleet, each instance rejects the task for a reason of its own, names every one with its amounts', () => {
    const fleet = [
      candidate('a', { tasks: [held('t1', { cpu: 768, memory: 128 })] }),
      candidate('b', { tasks: [held('t2', { cpu: 128, memory: 1_900 })] }),
      candidate('c', { status: 'DRAINING' }),
      candidate('d', {}, false),
    ];
    expect(explainPlacement(task('x', BIG), fleet)).toMatchObject({
      considered: 4,
      fits: [],
      rejections: [
        { instanceId: 'a', reason: 'RESOURCE:CPU', needed: 512, free: 256 },
        { instanceId: 'b', reason: 'RESOURCE:MEMORY', needed: 512, free: 148 },
        { instanceId: 'c', reason: 'DRAINING' },
        { instanceId: 'd', reason: 'AGENT' },
      ],
    });
  });

  test('rejections, counted, are the reasons placement itself gives', () => {
    const fleet = [candidate('a', { tasks: [held('t1', { cpu: 1_000 })] }), candidate('b', { status: 'DRAINING' })];
    const [decision] = place([task('x', BIG)], fleet, () => 0);
    const counted = Object.fromEntries(
      explainPlacement(task('x', BIG), fleet).rejections.map((one) => [one.reason, 1]),
    );
    expect(decision).toMatchObject({ kind: 'unplaced', why: { considered: 2, rejected: counted } });
  });

  test('task, larger than every instance, is told so and by how much', () => {
    const { remedies } = explainPlacement(task('x', { resources: { cpu: 9_999, memory: 1 } }), [candidate('a')]);
    expect(remedies).toEqual([expect.stringContaining('asks for 9999 CPU units, the largest instance has 1024')]);
  });

  test('cluster, without instances, asks for an agent', () => {
    const { considered, remedies } = explainPlacement(task('x'), []);
    expect([considered, remedies]).toEqual([0, [expect.stringContaining('no container instance')]]);
  });

  test('distinctInstance, the group is everywhere, says that more instances are needed', () => {
    const distinct = task('x', { placementConstraints: [{ type: 'distinctInstance' }] });
    const { rejections } = explainPlacement(distinct, [
      candidate('a', { tasks: [held('t1', { group: distinct.group })] }),
    ]);
    expect(rejections).toEqual([{ instanceId: 'a', reason: 'DISTINCT_INSTANCE' }]);
  });

  test('capacity providers, each kind of task, sees the machines it may run on and is told why not the others', () => {
    const fleet = [candidate('pool'), candidate('own', { capacityProvider: 'metal' })];
    const seenBy = (changes: Parameters<typeof task>[1]) => {
      const { fits, rejections } = explainPlacement(task('x', changes), fleet);
      return [fits, rejections.map(({ instanceId, reason }) => `${instanceId} ${reason}`)];
    };
    expect(seenBy({ launchType: 'EC2' })).toEqual([['pool', 'own'], []]);
    expect(seenBy({ launchType: 'EC2', capacityProvider: 'metal' })).toEqual([['own'], ['pool CAPACITY_PROVIDER']]);
    expect(seenBy({ launchType: 'FARGATE' })).toEqual([['pool'], ['own CAPACITY_PROVIDER']]);
    const spot = { launchType: 'FARGATE', capacityProvider: 'FARGATE_SPOT' } as const;
    expect(seenBy(spot)).toEqual([['pool'], ['own CAPACITY_PROVIDER']]);
    const spare = task('x', { launchType: 'EC2', capacityProvider: 'spare' });
    expect(explainPlacement(spare, fleet).remedies).toEqual([expect.stringContaining('capacity provider spare')]);
  });

  test('two tasks of one shape but of two providers, placed together, go to their own', () => {
    const fleet = [candidate('one', { capacityProvider: 'metal' }), candidate('two', { capacityProvider: 'spare' })];
    const tasks = ['spare', 'metal'].map((capacityProvider) =>
      task(capacityProvider, { launchType: 'EC2', capacityProvider }),
    );
    expect(place(tasks, fleet, () => 0).map((it) => it.kind === 'placed' && it.instanceId)).toEqual(['two', 'one']);
  });

  test('memberOf, no instance is selected, says which expression and how to give the attribute', () => {
    const demand = task('x', { placementConstraints: [{ type: 'memberOf', expression: 'attribute:disk == ssd' }] });
    const { rejections, remedies } = explainPlacement(demand, [
      candidate('a', { attributes: { disk: 'hdd' } }),
      candidate('b', { total: { cpu: 1, memory: 4096 } }),
    ]);
    expect(rejections).toEqual([
      { instanceId: 'a', reason: 'ATTRIBUTE' },
      { instanceId: 'b', reason: 'RESOURCE:CPU', needed: 256, free: 1 },
    ]);
    expect(remedies[0]).toContain("Instances are not selected by 'attribute:disk == ssd'");
    expect(remedies[0]).toContain('aws ecs put-attributes');
  });

  test('instance, free enough, is named and nothing needs a remedy', () => {
    const { fits, remedies } = explainPlacement(task('x'), [candidate('a')]);
    expect([fits, remedies]).toEqual([['a'], []]);
  });
});
