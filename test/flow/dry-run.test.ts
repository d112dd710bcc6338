import { beforeEach, describe, expect, test } from 'vitest';
import { dryRun } from '#control/dry-run/dry-run.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import { createService } from '#control/services/create-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { runTask } from '#control/tasks/run-task.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let one: FlowAgent;
let two: FlowAgent;

beforeEach(async () => {
  world = await flowWorld();
  one = await world.agent('one');
  two = await world.agent('two');
});

const RUN = {
  cluster: 'default',
  taskDefinition: 'web:1',
  count: 3,
  launchType: 'EC2',
  placementConstraints: [],
  placementStrategy: [],
  enableExecuteCommand: false,
  tags: [],
} as const;
const SERVICE = { cluster: 'default', name: 'web', taskDefinition: 'web:1', tags: [], createdBy: 'test' };
const plan = <T>(request: Parameters<typeof dryRun<T>>[2]) =>
  dryRun(world.deps, createFleetCache({ maxAgeMs: Number.POSITIVE_INFINITY }), request);
const UPDATE = { cluster: 'default', name: 'web', forceNewDeployment: false };

/** Nothing that is planned may reach the table. */
const unchanged = async <T>(act: () => Promise<T>): Promise<T> => {
  const before = world.store.feed.latest();
  const result = await act();
  expect(world.store.feed.latest()).toBe(before);
  await world.converge();
  expect(world.store.feed.latest()).toBe(before);
  return result;
};

describe('dry run', () => {
  test('run task, says where each task would go and changes nothing', async () => {
    const { starts, stops } = await unchanged(() => plan((deps) => runTask(deps, RUN)));
    expect(starts.map(({ instanceId }) => instanceId).sort()).toEqual(
      expect.arrayContaining([one.instanceId, two.instanceId]),
    );
    expect([starts.length, stops.length]).toEqual([3, 0]);
  });

  test('run task, then done for real, starts as many tasks on the same machines', async () => {
    const { starts } = await plan((deps) => runTask(deps, RUN));
    await runTask(world.deps, RUN);
    await world.converge();
    const planned = (agent: FlowAgent) => starts.filter(({ instanceId }) => instanceId === agent.instanceId).length;
    expect([one.running.size, two.running.size].sort()).toEqual([planned(one), planned(two)].sort());
  });

  test('service, larger than the cluster, names what would not fit and why', async () => {
    const { starts } = await unchanged(() => plan((deps) => createService(deps, { ...SERVICE, desiredCount: 40 })));
    const waiting = starts.filter(({ instanceId }) => instanceId === undefined);
    expect(starts).toHaveLength(40);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting[0]?.placement?.rejections).toMatchObject([
      { reason: expect.stringMatching(/^RESOURCE:/) },
      { reason: expect.stringMatching(/^RESOURCE:/) },
    ]);
  });

  test('service, scaled in, names the tasks that would stop', async () => {
    await createService(world.deps, { ...SERVICE, desiredCount: 4 });
    await world.converge();
    const { starts, stops } = await unchanged(() =>
      plan((deps) => updateService(deps, { ...UPDATE, desiredCount: 1 })),
    );
    expect([starts.length, stops.length]).toEqual([0, 3]);
    const running = [...one.running.keys(), ...two.running.keys()];
    expect(stops.every(({ taskId }) => running.includes(taskId))).toBe(true);
  });

  test('service, a new revision, shows the first step of the rollout', async () => {
    await createService(world.deps, { ...SERVICE, desiredCount: 2 });
    await world.converge();
    const { starts, stops } = await unchanged(() =>
      plan((deps) => updateService(deps, { ...UPDATE, taskDefinition: 'web:2' })),
    );
    expect(starts.map(({ definition }) => definition.revision)).toEqual([2, 2]);
    expect(stops).toEqual([]);
  });

  test('request, that would be refused, is refused', async () => {
    await expect(plan((deps) => updateService(deps, { ...UPDATE, name: 'absent' }))).rejects.toMatchObject({
      code: 'ServiceNotFound',
    });
  });
});
