import { beforeEach, describe, expect, test } from 'vitest';
import { createService } from '#control/services/create-service.ts';
import { listDeploymentRecords } from '#control/services/deployment-records.ts';
import { describeServices } from '#control/services/read-services.ts';
import { stopDeployment } from '#control/services/stop-deployment.ts';
import { updateService } from '#control/services/update-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import type { CircuitBreaker } from '#core/model/service.ts';
import { deployed } from '#test/support/deployed.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let agents: readonly FlowAgent[];

beforeEach(async () => {
  world = await flowWorld({ healthyAfter: 40_000 });
  agents = [
    await world.agent('one', { cpu: 4_096, memory: 16_384 }),
    await world.agent('two', { cpu: 4_096, memory: 16_384 }),
  ];
});

const create = async (circuitBreaker: CircuitBreaker, revision = 1) => {
  await createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: `web:${revision}`,
    desiredCount: 2,
    circuitBreaker,
    tags: [],
    createdBy: 'test',
  });
  await world.converge();
};

/** Long enough for tasks that run to count as healthy. */
const becomeHealthy = async () => {
  world.advance(40_000);
  await world.converge();
};

const rollTo = (taskDefinition: string) =>
  updateService(world.deps, { cluster: 'default', name: 'web', taskDefinition, forceNewDeployment: false });

const view = async () => {
  const [found] = await describeServices(world.deps, 'default', ['web']);
  if (!found) throw new Error('service web is gone');
  return found;
};
const messages = async () => (await view()).events.map(({ message }) => message);

/** Revisions of the tasks that run, in order. */
const running = async (): Promise<readonly number[]> => {
  const ids = agents.flatMap((agent) => [...agent.running.keys()]);
  const tasks = await describeTasks(world.deps, 'default', ids);
  return tasks.map((task) => task?.task.definition.revision ?? 0).sort();
};

/** Every task of a revision ends by its own fault soon after it began, again and again. */
const crashEvery = async (revision: number, rounds: number) => {
  for (let round = 0; round < rounds; round += 1) {
    for (const agent of agents) {
      for (const taskId of [...agent.running.keys()]) {
        const [found] = await describeTasks(world.deps, 'default', [taskId]);
        if (found?.task.definition.revision === revision) agent.crash(taskId);
      }
    }
    await world.converge();
    for (let passed = 0; passed < 20_000; passed += 5_000) {
      world.advance(5_000);
      await world.converge();
    }
    await world.sweep();
    await world.converge();
  }
};

describe('deployment circuit breaker', () => {
  test('new revision, crashes again and again, fails and the service goes back to what it had', async () => {
    await create({ enable: true, rollback: true });
    await becomeHealthy();
    const before = agents.flatMap((agent) => agent.started);
    const first = deployed((await view()).service).deployment.id;
    await rollTo('web:2');
    await world.converge();
    await crashEvery(2, 4);
    expect(await running()).toEqual([1, 1]);
    expect(deployed((await view()).service).deployment.id).toBe(first);
    expect(await messages()).toContainEqual(expect.stringMatching(/deployment failed: tasks failed to start\.$/));
    expect((await messages()).some((message) => message.includes(`rolling back to deployment ${first}`))).toBe(true);
    // The healthy tasks of the first deployment were never touched.
    expect(
      agents.flatMap((agent) => [...agent.running.keys()]).every((id) => before.some((at) => at.startsWith(id))),
    ).toBe(true);
  });

  test('new revision, fails without rollback, is FAILED, starts nothing more and leaves the old tasks alone', async () => {
    await create({ enable: true, rollback: false });
    await rollTo('web:2');
    await world.converge();
    await crashEvery(2, 4);
    const starts = agents.flatMap((agent) => agent.started).length;
    expect((await view()).state?.deployments[0]).toMatchObject({ rolloutState: 'FAILED' });
    await crashEvery(2, 4);
    expect(agents.flatMap((agent) => agent.started)).toHaveLength(starts);
    expect(await running()).toEqual([1, 1]);
  });

  test('failed deployment, a newer one follows, rolls on', async () => {
    await create({ enable: true, rollback: false });
    await rollTo('web:2');
    await world.converge();
    await crashEvery(2, 4);
    await updateService(world.deps, {
      cluster: 'default',
      name: 'web',
      taskDefinition: 'web:1',
      forceNewDeployment: true,
    });
    await world.converge();
    await becomeHealthy();
    expect((await view()).state?.deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
    expect(await running()).toEqual([1, 1]);
  });

  test('failed deployment, scaled down, stops what the service no longer wants', async () => {
    await create({ enable: true, rollback: false });
    await rollTo('web:2');
    await world.converge();
    await crashEvery(2, 4);
    await updateService(world.deps, { cluster: 'default', name: 'web', desiredCount: 1, forceNewDeployment: false });
    await world.converge();
    expect(await running()).toEqual([1]);
  });

  test('first deployment, fails, has nothing to go back to and stops trying', async () => {
    await create({ enable: true, rollback: true }, 2);
    await crashEvery(2, 4);
    expect((await view()).state?.deployments[0]).toMatchObject({ rolloutState: 'FAILED', failedTasks: 4 });
    const starts = agents.flatMap((agent) => agent.started).length;
    await crashEvery(2, 4);
    expect(agents.flatMap((agent) => agent.started)).toHaveLength(starts);
  });

  test('breaker, off, tries for ever', async () => {
    await create({ enable: false, rollback: false });
    await rollTo('web:2');
    await world.converge();
    await crashEvery(2, 6);
    expect((await view()).state?.deployments[0]?.rolloutState).toBe('IN_PROGRESS');
  });
});

/** Newest first. */
const history = async () =>
  (await listDeploymentRecords(world.deps, 'default', 'web')).map(({ status, spec, rollback }) => ({
    revision: spec.definition.revision,
    status,
    ...(rollback ? { target: rollback.target } : {}),
  }));

const digits = (id: string): string => id.replace('ecs-svc/', '');

describe('service deployment history', () => {
  const OFF = { enable: false, rollback: false };

  test('deployment, just asked for, is PENDING until the worker looks at it', async () => {
    const service = { cluster: 'default', name: 'web', taskDefinition: 'web:1', desiredCount: 2, tags: [] };
    await createService(world.deps, { ...service, createdBy: 'test' });
    expect(await history()).toEqual([{ revision: 1, status: 'PENDING' }]);
    await world.converge();
    expect(await history()).toEqual([{ revision: 1, status: 'IN_PROGRESS' }]);
  });

  test('deployments, one after the other, are told newest first with how each came out', async () => {
    await create(OFF);
    expect(await history()).toEqual([{ revision: 1, status: 'IN_PROGRESS' }]);
    await becomeHealthy();
    await rollTo('web:2');
    await world.converge();
    world.advance(1_000);
    await rollTo('web:1');
    await world.converge();
    await becomeHealthy();
    await becomeHealthy();
    expect(await history()).toEqual([
      { revision: 1, status: 'SUCCESSFUL' },
      { revision: 2, status: 'STOPPED' },
      { revision: 1, status: 'SUCCESSFUL' },
    ]);
  });

  test('deployment, rolled back by the breaker, says where to and when that was done', async () => {
    await create({ enable: true, rollback: true });
    await becomeHealthy();
    const target = deployed((await view()).service).deployment.id;
    await rollTo('web:2');
    await world.converge();
    await crashEvery(2, 4);
    expect(await history()).toEqual([
      { revision: 2, status: 'ROLLBACK_SUCCESSFUL', target },
      { revision: 1, status: 'SUCCESSFUL' },
    ]);
  });

  test('deployment, stopped by a user with rollback, goes back without touching what ran before', async () => {
    await create(OFF);
    await becomeHealthy();
    const before = deployed((await view()).service).deployment.id;
    await rollTo('web:2');
    await world.converge();
    const bad = deployed((await view()).service).deployment.id;
    const intent = { cluster: 'default', service: 'web', deployment: digits(bad), rollback: true };
    await stopDeployment(world.deps, intent);
    await stopDeployment(world.deps, intent);
    await world.converge();
    expect(deployed((await view()).service).deployment.id).toBe(before);
    expect(await running()).toEqual([1, 1]);
    expect((await history())[0]).toEqual({ revision: 2, status: 'ROLLBACK_SUCCESSFUL', target: before });
  });

  test('deployment, stopped by a user without rollback, rolls no further and keeps both', async () => {
    await create(OFF);
    await becomeHealthy();
    await rollTo('web:2');
    await world.converge();
    const bad = deployed((await view()).service).deployment.id;
    await stopDeployment(world.deps, { cluster: 'default', service: 'web', deployment: digits(bad), rollback: false });
    await world.converge();
    await becomeHealthy();
    expect((await history())[0]).toEqual({ revision: 2, status: 'STOPPED' });
    expect((await view()).state?.deployments[0]?.rolloutState).toBe('FAILED');
    expect(await running()).toEqual([1, 1, 2, 2]);
  });

  test.each([
    ['that is over', 'Conflict', true],
    ['that never was', 'ServiceDeploymentNotFound', false],
  ])('stop, of a deployment %s, is refused as %s', async (_situation, code, isThere) => {
    await create(OFF);
    await becomeHealthy();
    const deployment = isThere ? digits(deployed((await view()).service).deployment.id) : '1';
    const stop = stopDeployment(world.deps, { cluster: 'default', service: 'web', deployment, rollback: true });
    await expect(stop).rejects.toMatchObject({ code });
  });

  test('first deployment, stopped with rollback, is refused because nothing completed before it', async () => {
    await create(OFF);
    const deployment = digits(deployed((await view()).service).deployment.id);
    const stop = stopDeployment(world.deps, { cluster: 'default', service: 'web', deployment, rollback: true });
    await expect(stop).rejects.toMatchObject({ code: 'Conflict' });
  });
});
