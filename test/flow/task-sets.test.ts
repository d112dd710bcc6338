import { beforeEach, describe, expect, test } from 'vitest';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import type { Write } from '#control/ports.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { readService } from '#control/services/read-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { createTaskSet } from '#control/task-sets/create-task-set.ts';
import { deleteTaskSet } from '#control/task-sets/delete-task-set.ts';
import { setPrimaryTaskSet } from '#control/task-sets/set-primary-task-set.ts';
import { updateTaskSet } from '#control/task-sets/update-task-set.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let agents: FlowAgent[];

beforeEach(async () => {
  world = await flowWorld();
  agents = [await world.agent('one', { cpu: 64_000, memory: 64_000 }), await world.agent('two')];
});

const WEB = { cluster: 'default', service: 'web' };
const create = (desiredCount: number) =>
  createService(world.deps, {
    cluster: 'default',
    name: 'web',
    desiredCount,
    tags: [],
    createdBy: 'test',
    controller: 'EXTERNAL',
  });
const add = async (revision: number, scale: number, more: { readonly clientToken?: string } = {}) => {
  const intent = { ...WEB, taskDefinition: `web:${revision}`, scale, echo: {}, tags: [], ...more };
  return (await createTaskSet(world.deps, intent)).taskSet.deployment.id;
};
const scaleTo = (taskSet: string, scale: number) => updateTaskSet(world.deps, { ...WEB, taskSet }, scale);
const resize = (desiredCount: number) =>
  updateService(world.deps, { cluster: 'default', name: 'web', desiredCount, forceNewDeployment: false });

const view = async () => {
  const [found] = await describeServices(world.deps, 'default', ['web']);
  if (found?.service.scheduler !== 'task-sets') throw new Error('service web has no task sets');
  return { ...found, service: found.service };
};
const taskSets = async () => (await view()).service.taskSets.map(({ deployment, status }) => [deployment.id, status]);
const messages = async () => (await view()).events.map(({ message }) => message).reverse();

/** How many tasks of each revision run. */
async function running(): Promise<Readonly<Record<number, number>>> {
  const ids = agents.flatMap((agent) => [...agent.running.keys()]);
  const counts: Record<number, number> = {};
  for (const found of await describeTasks(world.deps, 'default', ids)) {
    const revision = found?.task.definition.revision ?? 0;
    counts[revision] = (counts[revision] ?? 0) + 1;
  }
  return counts;
}

describe('task sets', () => {
  test('service without one, starts nothing, is steady and costs no write when looked at again', async () => {
    await create(4);
    await world.converge();
    expect(await running()).toEqual({});
    expect(await messages()).toEqual(['(service web) has reached a steady state.']);
    const before = world.store.feed.latest();
    await reconcileService(world.deps, 'default', 'web');
    await world.sweep();
    await world.settle();
    expect(world.store.feed.latest()).toBe(before);
  });

  test('one of 30 percent of 4 tasks, runs the share rounded up and names itself in its tasks', async () => {
    await create(4);
    const id = await add(1, 30);
    await world.converge();
    expect(await running()).toEqual({ 1: 2 });
    const [task] = await describeTasks(
      world.deps,
      'default',
      agents.flatMap((agent) => [...agent.running.keys()]),
    );
    expect(task?.task).toMatchObject({ startedBy: id, group: 'service:web', slot: { deployment: id } });
    expect(await messages()).toEqual([
      expect.stringMatching(/^\(service web\) has started 2 tasks/),
      `(service web) updated computedDesiredCount for taskSet ${id} to 2.`,
      `(service web, taskSet ${id}) updated state to STEADY_STATE.`,
      '(service web) has reached a steady state.',
    ]);
  });

  test('two of them, share shifts from one to the other, each has what it is scaled to at every step', async () => {
    await create(4);
    const blue = await add(1, 100);
    await world.converge();
    const green = await add(2, 0);
    await world.converge();
    expect(await running()).toEqual({ 1: 4 });
    for (const [scale, expected] of [
      [25, { 1: 4, 2: 1 }],
      [50, { 1: 4, 2: 2 }],
      [100, { 1: 4, 2: 4 }],
    ] as const) {
      await scaleTo(green, scale);
      await world.converge();
      expect(await running()).toEqual(expected);
    }
    await scaleTo(blue, 0);
    await world.converge();
    expect(await running()).toEqual({ 2: 4 });
    await resize(6);
    await world.converge();
    expect(await running()).toEqual({ 2: 6 });
    const before = world.store.feed.latest();
    await reconcileService(world.deps, 'default', 'web');
    expect(world.store.feed.latest()).toBe(before);
  });

  test('primary one, switches without touching a task, and the old one drains and is forgotten when deleted', async () => {
    await create(2);
    const blue = await add(1, 100);
    await setPrimaryTaskSet(world.deps, { ...WEB, taskSet: blue });
    const green = await add(2, 100);
    await world.converge();
    const started = agents.flatMap((agent) => agent.started);
    await expect(deleteTaskSet(world.deps, { ...WEB, taskSet: blue }, false)).rejects.toThrow(
      'Primary TaskSet cannot be deleted',
    );
    await setPrimaryTaskSet(world.deps, { ...WEB, taskSet: green });
    await world.converge();
    expect(await taskSets()).toEqual([
      [blue, 'ACTIVE'],
      [green, 'PRIMARY'],
    ]);
    expect(agents.flatMap((agent) => agent.started)).toEqual(started);
    await deleteTaskSet(world.deps, { ...WEB, taskSet: blue }, false);
    expect(await taskSets()).toEqual([
      [blue, 'DRAINING'],
      [green, 'PRIMARY'],
    ]);
    // It is told apart until its tasks have stopped, which only their agents can say.
    await world.settle();
    expect((await taskSets()).map(([id]) => id)).toContain(blue);
    await world.converge();
    expect(await taskSets()).toEqual([[green, 'PRIMARY']]);
    expect(await running()).toEqual({ 2: 2 });
    const left = await readService(world.deps, WEB);
    expect(left?.chunks.map(({ value }) => value.deployment)).toEqual([green]);
    expect((await messages()).at(-1)).toBe('(service web) has reached a steady state.');
  });

  test('task of one, stopped by its scaling, says which task set asked for it', async () => {
    await create(2);
    const id = await add(1, 100);
    await world.converge();
    const tasks = agents.flatMap((agent) => [...agent.running.keys()]);
    await scaleTo(id, 50);
    await world.converge();
    const seen = await describeTasks(world.deps, 'default', tasks);
    expect(seen.flatMap((task) => task?.task.stop ?? [])).toEqual([
      expect.objectContaining({
        code: 'ServiceSchedulerInitiated',
        reason: `Scaling activity initiated by (deployment ${id})`,
      }),
    ]);
  });

  test('worker, dies in the midst of a large shift, leaves what the next one finishes', async () => {
    agents.push(await world.agent('three', { cpu: 64_000, memory: 128_000 }));
    await create(120);
    const blue = await add(1, 100);
    await world.converge();
    expect(await running()).toEqual({ 1: 120 });
    const green = await add(2, 100);
    await scaleTo(blue, 0);
    const { store } = world.deps;
    let left = 2;
    const dying = {
      ...world.deps,
      store: {
        get: store.get.bind(store),
        getMany: store.getMany.bind(store),
        query: store.query.bind(store),
        queryIndex: store.queryIndex.bind(store),
        transact: (writes: readonly Write[]) => {
          left -= 1;
          return left < 0 ? Promise.reject(new Error('the worker died')) : store.transact(writes);
        },
      },
    };
    await expect(reconcileService(dying, 'default', 'web')).rejects.toThrow('the worker died');
    await world.converge();
    expect(await running()).toEqual({ 2: 120 });
    await deleteTaskSet(world.deps, { ...WEB, taskSet: blue }, false);
    await world.converge();
    expect(await taskSets()).toEqual([[green, 'ACTIVE']]);
  });

  test('machine, drains, moves the tasks of each task set to another machine', async () => {
    await create(2);
    await add(1, 100);
    await add(2, 50);
    await world.converge();
    await setInstanceState(world.deps, 'default', agents[0]?.instanceId ?? '', 'DRAINING');
    await world.converge();
    expect(agents[0]?.running.size).toBe(0);
    expect(await running()).toEqual({ 1: 2, 2: 1 });
  });

  test('task of one, crashes, is replaced after its back-off', async () => {
    await create(2);
    await add(1, 100);
    await world.converge();
    const agent = agents.find((one) => one.running.size > 0);
    agent?.crash([...agent.running.keys()][0] ?? '');
    await world.converge();
    expect(await running()).toEqual({ 1: 1 });
    world.advance(1_000);
    await world.converge();
    expect(await running()).toEqual({ 1: 2 });
  });

  test('sixth one, is refused while five are there, a draining one included', async () => {
    await create(1);
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) ids.push(await add(1, 20));
    const refused =
      '5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.';
    await expect(add(1, 20)).rejects.toThrow(refused);
    await world.converge();
    await deleteTaskSet(world.deps, { ...WEB, taskSet: ids[0] ?? '' }, false);
    await world.settle();
    await expect(add(1, 20)).rejects.toThrow(refused);
    await world.converge();
    await add(1, 20);
    expect(await taskSets()).toHaveLength(5);
  });

  test('client token, repeated, answers with the task set it made and never makes a second one', async () => {
    await create(1);
    const id = await add(1, 100, { clientToken: 'once' });
    expect(await add(1, 100, { clientToken: 'once' })).toBe(id);
    await expect(add(1, 50, { clientToken: 'once' })).rejects.toThrow('Creation of task set was not idempotent.');
    await world.converge();
    await deleteTaskSet(world.deps, { ...WEB, taskSet: id }, false);
    await world.converge();
    expect(await taskSets()).toEqual([]);
    await expect(add(1, 100, { clientToken: 'once' })).rejects.toThrow('has been deleted');
    world.advance(world.deps.timings.tokenRetention);
    const other = await add(1, 100);
    await world.converge();
    await deleteTaskSet(world.deps, { ...WEB, taskSet: other }, false);
    await world.converge();
    expect(await add(1, 100, { clientToken: 'once' })).not.toBe(id);
  });

  test('service, with task sets, is deleted by force only, and ends with the last of their tasks', async () => {
    await create(2);
    await add(1, 100);
    await world.converge();
    await resize(0);
    await world.converge();
    await expect(deleteService(world.deps, 'default', 'web', false)).rejects.toThrow(
      'The service cannot be stopped while deployments are active.',
    );
    await resize(2);
    await world.converge();
    await deleteService(world.deps, 'default', 'web', true);
    await world.converge();
    expect(await running()).toEqual({});
    expect((await view()).service).toMatchObject({ status: 'INACTIVE', taskSets: [] });
    expect((await readService(world.deps, WEB))?.chunks).toEqual([]);
    const before = world.store.feed.latest();
    await reconcileService(world.deps, 'default', 'web');
    expect(world.store.feed.latest()).toBe(before);
  });
});
