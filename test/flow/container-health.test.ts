import { beforeEach, describe, expect, test } from 'vitest';
import type { CreateServiceIntent } from '#control/intents.ts';
import { definitions, families, put } from '#control/records.ts';
import { applyServicePlan } from '#control/services/apply-service-plan.ts';
import { createService } from '#control/services/create-service.ts';
import { readService } from '#control/services/read-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { updateService } from '#control/services/update-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { runTask } from '#control/tasks/run-task.ts';
import type { HealthStatus } from '#core/model/task.ts';
import { planService } from '#core/service/plan-service.ts';
import { aTaskDefinition } from '#test/support/a-task-definition.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let agents: readonly FlowAgent[];

const CHECK = { command: ['CMD', 'true'] };
const HOUR = 3_600_000;

beforeEach(async () => {
  world = await flowWorld({ healthyAfter: 40_000 });
  const container = { name: 'app', image: 'app:1', cpu: 128, memory: 64, essential: true, healthCheck: CHECK };
  const first = aTaskDefinition({ family: 'checked', revision: 1, container });
  const second = aTaskDefinition({ family: 'checked', revision: 2, container });
  await world.store.transact([
    put(families, 'checked', { family: 'checked', latest: 2 }, 'absent'),
    put(definitions, first, first, 'absent'),
    put(definitions, second, second, 'absent'),
  ]);
  agents = [
    await world.agent('one', { cpu: 4_096, memory: 16_384 }),
    await world.agent('two', { cpu: 4_096, memory: 16_384 }),
  ];
});

const create = async (more: Partial<CreateServiceIntent> = {}) => {
  await createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'checked:1',
    desiredCount: 2,
    tags: [],
    createdBy: 'test',
    ...more,
  });
  await world.converge();
};

const running = (): readonly string[] => agents.flatMap((agent) => [...agent.running.keys()]).sort();
const ofRevision = async (revision: number): Promise<readonly string[]> => {
  const views = await describeTasks(world.deps, 'default', running());
  return views.flatMap((view) => (view?.task.definition.revision === revision ? [view.task.taskId] : []));
};

/** Checks answer, and everything follows from it that needs no time. */
const become = async (taskIds: readonly string[], healthStatus: HealthStatus) => {
  for (const agent of agents) for (const taskId of taskIds) agent.becomes(taskId, healthStatus);
  await world.converge();
};

const only = <T>(list: readonly (T | undefined)[]): T => {
  const [one] = list;
  if (one === undefined || list.length !== 1) throw new Error(`expected one, found ${list.length}`);
  return one;
};
const view = async () => only(await describeServices(world.deps, 'default', ['web']));
const rollout = async () => (await view()).state?.deployments[0]?.rolloutState;
const messages = async () => (await view()).events.map(({ message }) => message);
const task = async (taskId: string) => only(await describeTasks(world.deps, 'default', [taskId]));

describe('a service whose tasks have a health check', () => {
  test('new deployment, is complete when its tasks are HEALTHY, however long that takes and not before', async () => {
    await create();
    world.advance(HOUR);
    await world.sweep();
    await world.converge();
    expect(await rollout()).toBe('IN_PROGRESS');
    await become(running(), 'HEALTHY');
    expect(await rollout()).toBe('COMPLETED');
    expect((await view()).state?.steady).toBe(true);
  });

  test('rolling, an old task leaves only for a HEALTHY one', async () => {
    await create();
    await become(running(), 'HEALTHY');
    await updateService(world.deps, {
      cluster: 'default',
      name: 'web',
      taskDefinition: 'checked:2',
      forceNewDeployment: false,
    });
    await world.converge();
    world.advance(HOUR);
    await world.converge();
    expect([await ofRevision(1), await ofRevision(2)].map(({ length }) => length)).toEqual([2, 2]);
    await become((await ofRevision(2)).slice(0, 1), 'HEALTHY');
    expect([await ofRevision(1), await ofRevision(2)].map(({ length }) => length)).toEqual([1, 2]);
    await become(await ofRevision(2), 'HEALTHY');
    expect([await ofRevision(1), await ofRevision(2)].map(({ length }) => length)).toEqual([0, 2]);
  });

  test('a task that gets UNHEALTHY, is replaced before it stops, and says why it did', async () => {
    await create();
    await become(running(), 'HEALTHY');
    const [ill = '', well = ''] = running();
    await become([ill], 'UNHEALTHY');
    const replacement = running().filter((taskId) => taskId !== ill && taskId !== well);
    expect(running()).toHaveLength(3);
    expect(replacement).toHaveLength(1);
    world.advance(HOUR);
    await world.converge();
    expect(running()).toContain(ill);
    await become(replacement, 'HEALTHY');
    expect(running()).toEqual([well, ...replacement].sort());
    expect((await task(ill)).task.stop).toMatchObject({
      code: 'ServiceSchedulerInitiated',
      reason: 'Task failed container health checks',
    });
    expect(await messages()).toContain(`(service web) (task ${ill}) failed container health checks.`);
    expect(await messages()).toContain(
      `(service web) has started 1 tasks: (task ${replacement[0]}). Amazon ECS replaced 1 tasks due to an unhealthy status.`,
    );
  });

  test('a task that recovers before its replacement is there, stays, and the service keeps its count', async () => {
    await create();
    await become(running(), 'HEALTHY');
    const [ill = ''] = running();
    await become([ill], 'UNHEALTHY');
    await become([ill], 'HEALTHY');
    expect(running()).toHaveLength(2);
    expect(running()).toContain(ill);
  });

  test('no room above the maximum, stops UNHEALTHY tasks one by one and keeps the minimum running', async () => {
    await create({ desiredCount: 4, minimumHealthyPercent: 50, maximumPercent: 100 });
    await become(running(), 'HEALTHY');
    const ill = running();
    await become(ill, 'UNHEALTHY');
    for (let left = 3; left >= 0; left -= 1) {
      expect(running().filter((taskId) => ill.includes(taskId))).toHaveLength(left);
      expect(running()).toHaveLength(4);
      await become(
        running().filter((taskId) => !ill.includes(taskId)),
        'HEALTHY',
      );
    }
    expect((await view()).state?.steady).toBe(true);
  });

  test('minimum and maximum that leave no room at all, keep the UNHEALTHY task as ECS does', async () => {
    await create({ desiredCount: 1, minimumHealthyPercent: 100, maximumPercent: 100 });
    await become(running(), 'HEALTHY');
    const ill = running();
    await become(ill, 'UNHEALTHY');
    expect(running()).toEqual(ill);
    expect((await view()).state?.steady).toBe(false);
  });

  test('grace period, ignores UNHEALTHY until it is over', async () => {
    await create({ healthCheckGracePeriodSeconds: 300 });
    const ill = running();
    await become(ill, 'UNHEALTHY');
    expect(running()).toEqual(ill);
    world.advance(299_000);
    await world.sweep();
    await world.converge();
    expect(running()).toEqual(ill);
    world.advance(2_000);
    await world.converge();
    expect(running()).toHaveLength(4);
  });

  test('converged, a sweep, a heartbeat and a report that is no news write nothing but leases', async () => {
    await create();
    await become(running(), 'HEALTHY');
    const before = world.store.feed.latest();
    for (const taskId of running()) for (const agent of agents) agent.becomes(taskId, 'HEALTHY');
    await world.converge();
    await world.sweep();
    await world.converge();
    expect(world.store.feed.latest()).toBe(before);
  });

  test('a change of health, costs one observation, and one chunk when it gets worse', async () => {
    await create();
    const kinds = async (healthStatus: HealthStatus): Promise<readonly string[]> => {
      const since = world.store.feed.latest();
      const [first = ''] = running();
      for (const agent of agents) agent.becomes(first, healthStatus);
      for (const agent of agents) await agent.beat();
      return world.store.feed.read(since, 100).map((change) => change.new?.kind ?? '');
    };
    expect(await kinds('HEALTHY')).toEqual(['observation']);
    expect([...(await kinds('UNKNOWN'))].sort()).toEqual(['observation', 'slot-chunk']);
  });
});

describe('deployment circuit breaker, stage 2', () => {
  test('tasks that run and never get healthy, trip it and bring the old revision back', async () => {
    await create({ circuitBreaker: { enable: true, rollback: true } });
    await become(running(), 'HEALTHY');
    const old = running();
    await updateService(world.deps, {
      cluster: 'default',
      name: 'web',
      taskDefinition: 'checked:2',
      forceNewDeployment: false,
    });
    await world.converge();
    for (let round = 0; round < 6; round += 1) await become(await ofRevision(2), 'UNHEALTHY');
    expect(running()).toEqual(old);
    expect(await messages()).toContainEqual(expect.stringMatching(/deployment failed: tasks failed to start\.$/));
    expect(await messages()).toContainEqual(expect.stringMatching(/rolling back to deployment/));
  });

  test('without a breaker, tries on with never more tasks than the maximum', async () => {
    await create();
    await become(running(), 'HEALTHY');
    await updateService(world.deps, {
      cluster: 'default',
      name: 'web',
      taskDefinition: 'checked:2',
      forceNewDeployment: false,
    });
    await world.converge();
    for (let round = 0; round < 6; round += 1) {
      await become(await ofRevision(2), 'UNHEALTHY');
      expect(running().length).toBeLessThanOrEqual(4);
      expect(await ofRevision(1)).toHaveLength(2);
    }
    expect(await rollout()).toBe('IN_PROGRESS');
    await become(await ofRevision(2), 'HEALTHY');
    await become(await ofRevision(2), 'HEALTHY');
    expect(await rollout()).toBe('COMPLETED');
  });
});

test('a worker that has just read HEALTHY, when the task gets UNHEALTHY, can not fold it', async () => {
  await create();
  await become(running(), 'HEALTHY');
  await updateService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'checked:2',
    forceNewDeployment: false,
  });
  await world.converge();
  const [first = ''] = await ofRevision(2);
  // The report is there, and nobody has folded it yet.
  for (const agent of agents) agent.becomes(first, 'HEALTHY');
  for (const agent of agents) await agent.beat();
  const id = { cluster: 'default', service: 'web' };
  const reading = await readService(world.deps, id);
  if (!reading) throw new Error('service web is gone');
  const plan = planService(reading.snapshot, world.clock.now(), world.deps.timings);
  expect(plan.actions).toContainEqual(expect.objectContaining({ kind: 'fold-health', status: 'HEALTHY' }));
  for (const agent of agents) agent.becomes(first, 'UNKNOWN');
  for (const agent of agents) await agent.beat();
  expect(await applyServicePlan(world.deps, reading, plan)).toBe('conflict');
  expect(await ofRevision(1)).toHaveLength(2);
});

test('a standalone task, UNHEALTHY, runs on and is shown as it is', async () => {
  await runTask(world.deps, {
    cluster: 'default',
    taskDefinition: 'checked:1',
    count: 1,
    launchType: 'EC2',
    placementConstraints: [],
    placementStrategy: [],
    enableExecuteCommand: false,
    tags: [],
  });
  await world.converge();
  const taskId = only(running());
  await become([taskId], 'UNHEALTHY');
  world.advance(HOUR);
  await world.sweep();
  await world.converge();
  expect(running()).toEqual([taskId]);
  expect((await task(taskId)).observation).toMatchObject({ status: 'RUNNING', healthStatus: 'UNHEALTHY' });
});
