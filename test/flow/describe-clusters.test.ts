import { describe, expect, test } from 'vitest';
import { describeClusters } from '#control/clusters/describe-clusters.ts';
import type { RunTaskIntent } from '#control/intents.ts';
import type { StateStore } from '#control/ports.ts';
import { createService } from '#control/services/create-service.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const task: RunTaskIntent = {
  cluster: 'default',
  taskDefinition: 'web',
  count: 1,
  launchType: 'EC2',
  placementConstraints: [],
  placementStrategy: [],
  enableExecuteCommand: false,
  tags: [],
};

const create = (world: FlowWorld, desiredCount: number) =>
  createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount,
    tags: [],
    createdBy: 'test',
  });

const countsOf = async (deps: FlowWorld['deps']) => (await describeClusters(deps, ['default']))[0]?.counts;

/** How many items describing the cluster reads, with nothing remembered. */
async function itemsRead(world: FlowWorld): Promise<number> {
  let items = 0;
  const inner = world.deps.store;
  const store: StateStore = {
    get: async (key) => {
      items += 1;
      return inner.get(key);
    },
    getMany: async (keys) => {
      items += keys.length;
      return inner.getMany(keys);
    },
    query: async (query) => {
      const page = await inner.query(query);
      items += page.items.length;
      return page;
    },
    queryIndex: async (query) => {
      const page = await inner.queryIndex(query);
      items += page.items.length;
      return page;
    },
    transact: (writes) => inner.transact(writes),
  };
  await countsOf({ ...world.anotherWorker('cold'), store });
  return items;
}

describe('describe clusters', () => {
  test('a cluster with service and standalone tasks, running, waiting and stopped, counts each once', async () => {
    const world = await flowWorld();
    const agent = await world.agent('one', { cpu: 700, memory: 4_000 });
    await create(world, 2);
    await world.converge();
    const { tasks } = await runTask(world.deps, { ...task, count: 2 });
    await world.converge();
    const waiting = (await runTask(world.deps, { ...task, count: 10 })).tasks;
    await stopTask(world.deps, 'default', tasks[0]?.task.taskId ?? '');
    await world.converge();
    const total = agent.running.size;
    expect(await countsOf(world.deps)).toEqual({
      instances: 1,
      running: { EC2: total },
      pending: { EC2: 2 + 1 + waiting.length - total },
      activeServices: { EC2: 1 },
      drainingServices: {},
    });
    expect(total).toBeGreaterThan(2);
    expect(total).toBeLessThan(2 + 1 + waiting.length);
  });

  test('a task on its way to its end, is neither running nor pending', async () => {
    const world = await flowWorld();
    await world.agent('one');
    const { tasks } = await runTask(world.deps, task);
    await world.converge();
    expect(await countsOf(world.deps)).toMatchObject({ running: { EC2: 1 } });
    await stopTask(world.deps, 'default', tasks[0]?.task.taskId ?? '');
    expect(await countsOf(world.deps)).toMatchObject({ running: {}, pending: {} });
  });

  test('more service tasks and more stopped tasks, cost no more reads', async () => {
    const world = await flowWorld();
    await world.agent('one', { cpu: 64_000, memory: 128_000 });
    await create(world, 60);
    await world.converge();
    const before = await itemsRead(world);
    const { tasks } = await runTask(world.deps, { ...task, count: 10 });
    await world.converge();
    for (const { task: started } of tasks) await stopTask(world.deps, 'default', started.taskId);
    await world.converge();
    expect(await itemsRead(world)).toBe(before);
    expect(before).toBeLessThan(10);
  });
});
