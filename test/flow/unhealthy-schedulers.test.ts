import { beforeEach, describe, expect, test } from 'vitest';
import type { CreateServiceIntent } from '#control/intents.ts';
import { definitions, families, put } from '#control/records.ts';
import { createService } from '#control/services/create-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { createTaskSet } from '#control/task-sets/create-task-set.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import type { HealthStatus } from '#core/model/task.ts';
import { aTaskDefinition } from '#test/support/a-task-definition.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let one: FlowAgent;
let two: FlowAgent;

const HOUR = 3_600_000;
const SERVICE = { cluster: 'default', name: 'web', tags: [], createdBy: 'test' };

beforeEach(async () => {
  world = await flowWorld({ healthyAfter: 40_000 });
  const healthCheck = { command: ['CMD', 'true'] };
  const container = { name: 'app', image: 'app:1', cpu: 128, memory: 64, essential: true, healthCheck };
  const checked = aTaskDefinition({ family: 'checked', revision: 1, container });
  await world.store.transact([
    put(families, 'checked', { family: 'checked', latest: 1 }, 'absent'),
    put(definitions, checked, checked, 'absent'),
  ]);
  one = await world.agent('one', { cpu: 4_096, memory: 16_384 });
  two = await world.agent('two', { cpu: 4_096, memory: 16_384 });
});

const on = (agent: FlowAgent): readonly string[] => [...agent.running.keys()];
const running = (): readonly string[] => [...on(one), ...on(two)].sort();

/** Checks answer, and everything follows from it that needs no time. */
const become = async (taskIds: readonly string[], healthStatus: HealthStatus) => {
  for (const agent of [one, two]) for (const taskId of taskIds) agent.becomes(taskId, healthStatus);
  await world.converge();
};
const view = async () => {
  const [found] = await describeServices(world.deps, 'default', ['web']);
  if (!found) throw new Error('service web is gone');
  return found;
};
const isSteady = async () => (await view()).state?.steady;
const messages = async () => (await view()).events.map(({ message }) => message);
const stopOf = async (taskId: string) => (await describeTasks(world.deps, 'default', [taskId]))[0]?.task.stop;

const ILL = { code: 'ServiceSchedulerInitiated', reason: 'Task failed container health checks', cause: 'unhealthy' };

describe('daemon whose tasks have a health check', () => {
  const create = async (more: Partial<CreateServiceIntent> = {}) => {
    await createService(world.deps, { ...SERVICE, taskDefinition: 'checked:1', scheduler: 'daemons', ...more });
    await world.converge();
    await become(running(), 'HEALTHY');
  };

  test('UNHEALTHY on one machine, is stopped there and replaced, and the other machine keeps its task', async () => {
    await create();
    const [ill = ''] = on(one);
    const well = on(two);
    await become([ill], 'UNHEALTHY');
    expect(on(one)).toHaveLength(1);
    expect(on(one)).not.toContain(ill);
    expect(on(two)).toEqual(well);
    expect(await stopOf(ill)).toMatchObject(ILL);
    expect(await messages()).toContain(`(service web) (task ${ill}) failed container health checks.`);
    await become(on(one), 'HEALTHY');
    expect(await isSteady()).toBe(true);
  });

  test('UNHEALTHY on all machines, minimum of half, goes one by one and keeps the minimum running', async () => {
    await create({ minimumHealthyPercent: 50 });
    const ill = running();
    for (const agent of [one, two]) for (const taskId of ill) agent.becomes(taskId, 'UNHEALTHY');
    let fewest = running().length;
    for (let step = 0; step < 20; step += 1) {
      await world.settle();
      await one.beat();
      await two.beat();
      fewest = Math.min(fewest, running().length);
    }
    await world.converge();
    expect(fewest).toBe(1);
    expect(running()).toHaveLength(2);
    expect(running().filter((taskId) => ill.includes(taskId))).toEqual([]);
  });

  test('minimum that leaves no room, keeps the UNHEALTHY task and is not steady', async () => {
    await create({ minimumHealthyPercent: 100 });
    const before = running();
    await become(on(one), 'UNHEALTHY');
    expect(running()).toEqual(before);
    expect(await isSteady()).toBe(false);
  });

  test('grace period, keeps the UNHEALTHY task until it is over', async () => {
    await create({ healthCheckGracePeriodSeconds: 300 });
    const [ill = ''] = on(one);
    await become([ill], 'UNHEALTHY');
    world.advance(290_000);
    await world.sweep();
    await world.converge();
    expect(on(one)).toEqual([ill]);
    world.advance(11_000);
    await world.converge();
    expect(on(one)).toHaveLength(1);
    expect(on(one)).not.toContain(ill);
  });
});

describe('task set whose tasks have a health check', () => {
  const create = async (more: Pick<Partial<CreateServiceIntent>, 'minimumHealthyPercent' | 'maximumPercent'> = {}) => {
    await createService(world.deps, { ...SERVICE, desiredCount: 2, controller: 'EXTERNAL', ...more });
    const set = { cluster: 'default', service: 'web', taskDefinition: 'checked:1', scale: 100, echo: {}, tags: [] };
    await createTaskSet(world.deps, set);
    await world.converge();
    await become(running(), 'HEALTHY');
  };

  test('UNHEALTHY, is replaced before it stops, and says why it did', async () => {
    await create();
    const [ill = '', well = ''] = running();
    await become([ill], 'UNHEALTHY');
    const replacement = running().filter((taskId) => taskId !== ill && taskId !== well);
    expect(replacement).toHaveLength(1);
    world.advance(HOUR);
    await world.converge();
    expect(running()).toContain(ill);
    expect(await isSteady()).toBe(false);
    await become(replacement, 'HEALTHY');
    expect(running()).toEqual([well, ...replacement].sort());
    expect(await stopOf(ill)).toMatchObject(ILL);
    expect(await messages()).toContain(
      `(service web) has started 1 tasks: (task ${replacement[0]}). Amazon ECS replaced 1 tasks due to an unhealthy status.`,
    );
    expect(await isSteady()).toBe(true);
  });

  test('no room above the maximum, stops UNHEALTHY tasks one by one', async () => {
    await create({ minimumHealthyPercent: 50, maximumPercent: 100 });
    const ill = running();
    await become(ill, 'UNHEALTHY');
    const stillIll = () => running().filter((taskId) => ill.includes(taskId));
    const others = () => running().filter((taskId) => !ill.includes(taskId));
    expect([stillIll().length, others().length]).toEqual([1, 1]);
    await become(others(), 'HEALTHY');
    expect([stillIll().length, others().length]).toEqual([0, 2]);
    await become(others(), 'HEALTHY');
    expect(await isSteady()).toBe(true);
  });
});
