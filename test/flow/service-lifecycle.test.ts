import { beforeEach, describe, expect, test } from 'vitest';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import type { Key, PartitionQuery, Write } from '#control/ports.ts';
import { applyServicePlan } from '#control/services/apply-service-plan.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { readService } from '#control/services/read-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { listTasks } from '#control/tasks/read-tasks.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { planService } from '#core/service/plan-service.ts';
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

const create = (desiredCount: number) =>
  createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount,
    tags: [],
    createdBy: 'test',
  });

const view = async () => {
  const [found] = await describeServices(world.deps, 'default', ['web']);
  if (!found) throw new Error('service web is gone');
  return found;
};

const counts = async () =>
  (await view()).counts.map(({ running, pending, stopping }) => ({ running, pending, stopping }));
const messages = async () => (await view()).events.map(({ message }) => message);
const running = () => one.running.size + two.running.size;

describe('service lifecycle', () => {
  test('service, of more tasks than a transaction holds, starts all, runs all and stops all', async () => {
    const large: FlowAgent[] = [];
    for (const name of ['a', 'b', 'c']) large.push(await world.agent(name, { cpu: 64_000, memory: 128_000 }));
    const started = () => large.reduce((total, agent) => total + agent.running.size, running());
    await create(200);
    await world.converge();
    expect(started()).toBe(200);
    expect(await counts()).toEqual([{ running: 200, pending: 0, stopping: 0 }]);
    await updateService(world.deps, { cluster: 'default', name: 'web', desiredCount: 0, forceNewDeployment: false });
    await world.converge();
    expect(started()).toBe(0);
    expect(await counts()).toEqual([{ running: 0, pending: 0, stopping: 0 }]);
  });

  test('service, created with three tasks, runs three and reaches a steady state', async () => {
    await create(3);
    await world.converge();
    expect(running()).toBe(3);
    expect(await counts()).toEqual([{ running: 3, pending: 0, stopping: 0 }]);
    expect((await view()).state).toMatchObject({ steady: true, deployments: [{ rolloutState: 'COMPLETED' }] });
    expect((await messages())[0]).toBe('(service web) has reached a steady state.');
  });

  test('service, converged, costs no write when it is reconciled and swept again', async () => {
    await create(3);
    await world.converge();
    const before = world.store.feed.latest();
    await world.sweep();
    await world.settle();
    await one.beat();
    expect(world.store.feed.latest()).toBe(before);
  });

  test('service, one container crashes, replaces it after the first back-off', async () => {
    await create(3);
    await world.converge();
    const [victim = ''] = one.running.keys();
    one.crash(victim);
    await world.converge();
    expect(running()).toBe(2);
    world.advance(1_001);
    await world.converge();
    expect(running()).toBe(3);
    expect(one.started.concat(two.started)).toHaveLength(4);
  });

  test('service, a user stops one task, replaces it at once', async () => {
    await create(2);
    await world.converge();
    const [victim = ''] = one.running.keys();
    const stopped = await stopTask(world.deps, 'default', victim);
    expect(stopped.task).toMatchObject({ desiredStatus: 'STOPPED', stop: { code: 'UserInitiated' } });
    await world.converge();
    expect(running()).toBe(2);
    expect([...one.running.keys()]).not.toContain(victim);
  });

  test('service, scaled up and down, follows', async () => {
    await create(1);
    await world.converge();
    await updateService(world.deps, { cluster: 'default', name: 'web', desiredCount: 5, forceNewDeployment: false });
    await world.converge();
    expect(running()).toBe(5);
    await updateService(world.deps, { cluster: 'default', name: 'web', desiredCount: 2, forceNewDeployment: false });
    await world.converge();
    expect(running()).toBe(2);
    expect((await view()).state?.steady).toBe(true);
  });

  test('service, a new revision, rolls without dropping below its minimum and ends with one deployment', async () => {
    await create(3);
    await world.converge();
    await updateService(world.deps, {
      cluster: 'default',
      name: 'web',
      taskDefinition: 'web:2',
      forceNewDeployment: false,
    });
    await world.settle();
    expect(running()).toBe(3);
    await world.converge();
    expect(running()).toBe(3);
    const after = await view();
    expect(after.state?.deployments).toMatchObject([{ definition: { revision: 2 }, rolloutState: 'COMPLETED' }]);
    expect(after.counts).toHaveLength(1);
  });

  test('service worker, stands still between its reads while another one rolls, starts nothing from old slots', async () => {
    await create(4);
    await world.converge();
    const { store } = world.deps;
    const late = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    const slow = {
      ...world.deps,
      store: {
        ...store,
        get: async (key: Key) => {
          if (key.sk !== 'STATE' && key.sk !== 'DESIRED') return store.get(key);
          reading.resolve();
          await late.promise;
          return store.get(key);
        },
        getMany: (keys: readonly Key[]) => store.getMany(keys),
        query: (query: PartitionQuery) => store.query(query),
        transact: (writes: readonly Write[]) => store.transact(writes),
      },
    };
    const paused = reconcileService(slow, 'default', 'web');
    await reading.promise;
    await updateService(world.deps, {
      cluster: 'default',
      name: 'web',
      taskDefinition: 'web:2',
      forceNewDeployment: false,
    });
    await reconcileService(world.deps, 'default', 'web');
    await updateService(world.deps, { cluster: 'default', name: 'web', forceNewDeployment: true });
    late.resolve();
    await paused;
    const [found] = await describeServices(world.deps, 'default', ['web']);
    const wanted = (found?.counts ?? []).reduce((sum, { running, pending }) => sum + running + pending, 0);
    expect(wanted).toBeLessThanOrEqual(8);
    await world.converge();
    expect(running()).toBe(4);
  });

  test('service, its old tasks report RUNNING while their stop is planned, keeps its minimum', async () => {
    await create(2);
    await world.settle();
    for (const agent of [one, two]) await agent.beat();
    await updateService(world.deps, {
      cluster: 'default',
      name: 'web',
      taskDefinition: 'web:2',
      forceNewDeployment: false,
    });
    const reading = await readService(world.deps, { cluster: 'default', service: 'web' });
    if (!reading) throw new Error('service web is gone');
    const plan = planService(reading.snapshot, world.clock.now(), world.deps.timings);
    expect(plan.actions.filter(({ kind }) => kind === 'stop')).toHaveLength(2);
    for (const agent of [one, two]) await agent.beat();
    expect(await applyServicePlan(world.deps, reading, plan)).toBe('conflict');
    await reconcileService(world.deps, 'default', 'web');
    for (const agent of [one, two]) await agent.beat();
    expect(one.running.size + two.running.size).toBe(2);
    await world.converge();
    expect(await counts()).toEqual([{ running: 2, pending: 0, stopping: 0 }]);
  });

  test('service, its instance drains, moves every task to the other and comes back', async () => {
    await create(4);
    await world.converge();
    await setInstanceState(world.deps, 'default', one.instanceId, 'DRAINING');
    await world.converge();
    expect(one.running.size).toBe(0);
    expect(two.running.size).toBe(4);
    await setInstanceState(world.deps, 'default', one.instanceId, 'ACTIVE');
    await updateService(world.deps, { cluster: 'default', name: 'web', desiredCount: 6, forceNewDeployment: false });
    await world.converge();
    expect(one.running.size).toBeGreaterThan(0);
  });

  test('service, deleted by force, stops its tasks and becomes INACTIVE', async () => {
    await create(3);
    await world.converge();
    await deleteService(world.deps, 'default', 'web', true);
    await world.converge();
    expect(running()).toBe(0);
    expect((await view()).service.status).toBe('INACTIVE');
    expect(
      (await listTasks(world.deps, { cluster: 'default', desiredStatus: 'RUNNING' }, { limit: 10 })).taskIds,
    ).toEqual([]);
  });

  test('service, deleted after a failure, keeps its count and is not written again by late messages', async () => {
    await create(2);
    await world.converge();
    one.crash([...one.running.keys()][0] ?? '');
    await world.converge();
    await deleteService(world.deps, 'default', 'web', true);
    await world.converge();
    await reconcileService(world.deps, 'default', 'web');
    const before = world.store.feed.latest();
    await reconcileService(world.deps, 'default', 'web');
    expect(world.store.feed.latest()).toBe(before);
    expect((await view()).state?.deployments.map(({ failedTasks }) => failedTasks)).toEqual([1]);
  });

  test('service, made again after its deletion, starts afresh with a clean log', async () => {
    await create(2);
    await world.converge();
    await deleteService(world.deps, 'default', 'web', true);
    await world.converge();
    world.advance(1_000);
    await create(1);
    await world.converge();
    expect(running()).toBe(1);
    expect(await messages()).not.toContain('(service web) has started 2 tasks');
    expect((await view()).state?.deployments).toHaveLength(1);
  });

  test('service, too large for the cluster, says why and fills up when room appears', async () => {
    await create(20);
    await world.converge();
    expect(running()).toBe(16);
    expect((await messages()).some((message) => /unable to place a task.*RESOURCE:CPU on 2 of 2/.test(message))).toBe(
      true,
    );
    const three = await world.agent('three');
    await world.converge();
    expect(running() + three.running.size).toBe(20);
    expect((await view()).state?.lastComplaint).toBeUndefined();
  });
});
