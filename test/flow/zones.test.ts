import { beforeEach, describe, expect, test } from 'vitest';
import type { CreateServiceIntent, UpdateServiceIntent } from '#control/intents.ts';
import { createService } from '#control/services/create-service.ts';
import { protectTasks } from '#control/services/protect-tasks.ts';
import { describeServices } from '#control/services/read-services.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { runTask } from '#control/tasks/run-task.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const HEALTHY_AFTER = 40_000;
const BALANCE = 300_000;

let world: FlowWorld;

beforeEach(async () => {
  world = await flowWorld({ healthyAfter: HEALTHY_AFTER });
});

const create = (desiredCount: number, changes: Partial<CreateServiceIntent> = {}) =>
  createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount,
    tags: [],
    createdBy: 'test',
    ...changes,
  });

const update = (changes: Partial<UpdateServiceIntent>) =>
  updateService(world.deps, { cluster: 'default', name: 'web', forceNewDeployment: false, ...changes });

const view = async () => {
  const [found] = await describeServices(world.deps, 'default', ['web']);
  if (!found) throw new Error('service web is gone');
  return found;
};

const messages = async () => (await view()).events.map(({ message }) => message);
const sizes = (...agents: readonly FlowAgent[]) => agents.map(({ running }) => running.size);

/** Time passes with the heartbeats and the sweeps it brings. */
async function pass(ms: number, each: () => void = () => undefined): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10_000) {
    world.advance(10_000);
    await world.converge();
    each();
    if (passed % 30_000 === 0) await world.sweep();
    await world.converge();
    each();
  }
}

describe('scale-in', () => {
  test('service without a strategy, six tasks in three zones become three, leaves one in each zone', async () => {
    const agents = [];
    for (const zone of ['a', 'b', 'c']) agents.push(await world.agent(zone, undefined, zone));
    await create(6);
    await pass(HEALTHY_AFTER + 10_000);
    expect(sizes(...agents)).toEqual([2, 2, 2]);
    await update({ desiredCount: 3 });
    await world.converge();
    expect(sizes(...agents)).toEqual([1, 1, 1]);
  });

  test('service without a strategy, machines of one zone hold different numbers, takes from the fuller one', async () => {
    const one = await world.agent('one', { cpu: 1_024, memory: 1_024 }, 'a');
    await create(4, { availabilityZoneRebalancing: 'DISABLED' });
    await pass(HEALTHY_AFTER + 10_000);
    const two = await world.agent('two', { cpu: 1_024, memory: 1_024 }, 'a');
    await update({ desiredCount: 5 });
    await pass(HEALTHY_AFTER + 10_000);
    expect(sizes(one, two)).toEqual([4, 1]);
    await update({ desiredCount: 2 });
    await world.converge();
    expect(sizes(one, two)).toEqual([1, 1]);
  });

  test('service that binpacks, scaled in, empties the machine with most room left', async () => {
    const full = await world.agent('full', { cpu: 512, memory: 1_024 }, 'a');
    await create(4, { placementStrategy: [{ type: 'binpack', field: 'memory' }] });
    await pass(HEALTHY_AFTER + 10_000);
    const other = await world.agent('other', { cpu: 1_024, memory: 1_024 }, 'b');
    await update({ desiredCount: 6 });
    await pass(HEALTHY_AFTER + 10_000);
    expect(sizes(full, other)).toEqual([4, 2]);
    await update({ desiredCount: 4 });
    await world.converge();
    expect(sizes(full, other)).toEqual([4, 0]);
  });

  test('service with a protected task in the fullest zone, scaled in, stops another one', async () => {
    const a = await world.agent('a', undefined, 'a');
    await create(2);
    await pass(HEALTHY_AFTER + 10_000);
    await world.agent('b', undefined, 'b');
    await update({ desiredCount: 3, availabilityZoneRebalancing: 'DISABLED' });
    await pass(HEALTHY_AFTER + 10_000);
    const [, kept = ''] = [...a.running.keys()];
    const outcome = await protectTasks(world.deps, 'default', [kept], 1e15);
    expect(outcome.failures).toEqual([]);
    await update({ desiredCount: 2 });
    await world.converge();
    expect([...a.running.keys()]).toEqual([kept]);
  });
});

describe('availability zone rebalancing', () => {
  /** Everything runs in zone a, and then machines of two other zones come. */
  async function unbalanced(desiredCount: number, changes: Partial<CreateServiceIntent> = {}) {
    const a = await world.agent('a', { cpu: 2_048, memory: 2_048 }, 'us-east-1a');
    await create(desiredCount, changes);
    await pass(HEALTHY_AFTER + 10_000);
    expect((await view()).state?.steady).toBe(true);
    const b = await world.agent('b', undefined, 'us-east-1b');
    const c = await world.agent('c', undefined, 'us-east-1c');
    return [a, b, c] as const;
  }

  test('zones come, moves a task at a time once the next one is healthy, and says so as ECS does', async () => {
    const agents = await unbalanced(4);
    let fewest = 4;
    let most = 4;
    await pass(BALANCE + 5 * HEALTHY_AFTER, () => {
      const running = sizes(...agents).reduce((sum, count) => sum + count, 0);
      fewest = Math.min(fewest, running);
      most = Math.max(most, running);
    });
    expect(sizes(...agents).toSorted()).toEqual([1, 1, 2]);
    expect([fewest, most]).toEqual([4, 5]);
    const told = (await messages()).toReversed().map((message) => message.replace(/task [0-9a-f]+/g, 'task ID'));
    const start = told.findIndex((message) => message.includes('not AZ balanced'));
    expect(told.slice(start, start + 6)).toEqual([
      '(service web) is not AZ balanced with 4 tasks in us-east-1a, 0 tasks in us-east-1b, and 0 tasks in us-east-1c. AZ Rebalancing in progress.',
      expect.stringMatching(/^\(service web\) has started 1 tasks in us-east-1[bc] to AZ Rebalance: \(task ID\)\.$/),
      '(service web) has stopped 1 running tasks in us-east-1a due to AZ rebalancing: (task ID).',
      expect.stringMatching(/^\(service web\) has started 1 tasks in us-east-1[bc] to AZ Rebalance: \(task ID\)\.$/),
      '(service web) has stopped 1 running tasks in us-east-1a due to AZ rebalancing: (task ID).',
      '(service web) is AZ balanced with 2 tasks in us-east-1a, 1 tasks in us-east-1b, and 1 tasks in us-east-1c.',
    ]);
    expect(told.at(-1)).toBe('(service web) has reached a steady state.');
    expect((await view()).state).toMatchObject({ steady: true, deployments: [{ rolloutState: 'COMPLETED' }] });
    expect((await view()).state?.rebalance).toBeUndefined();
  });

  test('balanced, is looked at again and again and costs no write', async () => {
    for (const zone of ['a', 'b', 'c']) await world.agent(zone, undefined, zone);
    await create(4);
    await pass(HEALTHY_AFTER + 10_000);
    let written = 0;
    for (let passed = 0; passed < 2 * BALANCE; passed += 10_000) {
      world.advance(10_000);
      await world.converge();
      const before = world.store.feed.latest();
      await world.sweep();
      await world.settle();
      written += world.store.feed.latest() - before;
    }
    expect(written).toBe(0);
  });

  test('the other zones have no room, does nothing', async () => {
    const a = await world.agent('a', { cpu: 2_048, memory: 2_048 }, 'a');
    await world.agent('small', { cpu: 1, memory: 1 }, 'b');
    await create(3);
    await pass(BALANCE + 5 * HEALTHY_AFTER);
    expect(sizes(a)).toEqual([3]);
    expect(a.started).toHaveLength(3);
    expect((await messages()).filter((message) => message.includes('AZ'))).toEqual([]);
  });

  test('switched off, does nothing until it is switched on', async () => {
    const agents = await unbalanced(3, { availabilityZoneRebalancing: 'DISABLED' });
    await pass(BALANCE + 2 * HEALTHY_AFTER);
    expect(sizes(...agents)).toEqual([3, 0, 0]);
    await update({ availabilityZoneRebalancing: 'ENABLED' });
    await pass(BALANCE + 4 * HEALTHY_AFTER);
    expect(sizes(...agents)).toEqual([1, 1, 1]);
  });

  test('the room is taken before the replacement comes, gives it up and rests', async () => {
    const a = await world.agent('a', { cpu: 256, memory: 2_048 }, 'a');
    await create(2);
    await pass(HEALTHY_AFTER + 10_000);
    const b = await world.agent('b', { cpu: 128, memory: 1_024 }, 'b');
    for (let passed = 0; (await view()).state?.rebalance?.kind !== 'moving'; passed += 10_000) {
      expect(passed).toBeLessThan(BALANCE);
      world.advance(10_000);
      await world.converge();
      await world.sweep();
      await reconcileService(world.deps, 'default', 'web');
    }
    // Placement has not run yet.
    const { tasks } = await runTask(world.deps, {
      cluster: 'default',
      taskDefinition: 'web:1',
      count: 1,
      instances: [b.instanceId],
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: false,
      tags: [],
    });
    expect(tasks).toHaveLength(1);
    await pass(60_000);
    expect((await view()).state).toMatchObject({ steady: true, rebalance: { kind: 'resting' } });
    expect((await view()).counts).toMatchObject([{ running: 2, pending: 0 }]);
    expect(a.started).toHaveLength(2);
    // While it rests nothing is tried.
    const events = await messages();
    await pass(BALANCE - 120_000);
    expect(await messages()).toEqual(events);
  });
});

describe('availabilityZoneRebalancing, the member', () => {
  const shown = async () => (await view()).service.availabilityZoneRebalancing;

  test('left out, is ENABLED where it can be and DISABLED where it can not', async () => {
    await create(1);
    expect(await shown()).toBe('ENABLED');
    await create(1, { name: 'full', maximumPercent: 100, minimumHealthyPercent: 50 });
    const [full] = await describeServices(world.deps, 'default', ['full']);
    expect(full?.service.availabilityZoneRebalancing).toBe('DISABLED');
  });

  test.each<[string, Partial<CreateServiceIntent>]>([
    ['maximumPercent <= 100', { maximumPercent: 100, minimumHealthyPercent: 50 }],
    ['a first placement strategy other than spread', { placementStrategy: [{ type: 'binpack', field: 'cpu' }] }],
    ['a first placement strategy other than spread', { placementStrategy: [{ type: 'spread', field: 'instanceId' }] }],
    [
      'attribute:ecs.availability-zone as a placement constraint',
      { placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.availability-zone == a' }] },
    ],
    ['Classic Load Balancers', { echo: { loadBalancers: [{ loadBalancerName: 'old', containerName: 'web' }] } }],
  ])('asked for although there is %s, is refused', async (obstacle, changes) => {
    const asked = create(1, { ...changes, availabilityZoneRebalancing: 'ENABLED' });
    await expect(asked).rejects.toMatchObject({
      code: 'InvalidParameter',
      message: expect.stringContaining(`AvailabilityZoneRebalancing does not support ${obstacle}`),
    });
    await create(1, changes);
    expect(await shown()).toBe('DISABLED');
    await expect(update({ availabilityZoneRebalancing: 'ENABLED' })).rejects.toMatchObject({
      code: 'InvalidParameter',
    });
  });

  test('an update that leaves it out, keeps it', async () => {
    await create(1, { availabilityZoneRebalancing: 'DISABLED' });
    await update({ desiredCount: 2 });
    expect(await shown()).toBe('DISABLED');
    await update({ availabilityZoneRebalancing: 'ENABLED' });
    await update({ desiredCount: 3 });
    expect(await shown()).toBe('ENABLED');
  });
});
