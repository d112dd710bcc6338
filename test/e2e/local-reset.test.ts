import {
  CreateServiceCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { taskProcesses } from '#test/support/chaos-processes.ts';
import { seenTasks } from '#test/support/chaos-tasks.ts';
import {
  createService,
  given,
  instancesThere,
  registerMain,
  runningTasks,
  untilStable,
} from '#test/support/e2e-ecs.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

describe('a reset', () => {
  const reset = async (stack: RunningStack) => {
    const answer = await fetch(`${stack.endpoint}/_local/reset`, { method: 'POST' });
    expect(answer.status).toBe(200);
  };

  it('forgets everything, and the stack works as a new one: nothing of before shows', async () => {
    const stack = await startStack();
    const { ecs } = stack;
    await instancesThere(ecs, 1);
    await registerMain(ecs, 'web', { image: 'old', cpu: 32 });
    await registerMain(ecs, 'web', { image: 'older' });
    await ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web:1', desiredCount: 3 }));
    await untilStable(stack.ecs, 'web');
    const before = await runningTasks(stack.ecs);
    expect(before).toHaveLength(3);

    await reset(stack);
    expect((await ecs.send(new ListServicesCommand({}))).serviceArns).toEqual([]);
    expect((await ecs.send(new ListTaskDefinitionFamiliesCommand({}))).families).toEqual([]);
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
    expect(await seenTasks(ecs)).toEqual([]);

    await instancesThere(ecs, 1);
    expect((await registerMain(ecs, 'web', { image: 'new' })).revision).toBe(1);
    await createService(stack.ecs, 'web', 2);
    await untilStable(stack.ecs, 'web');
    const after = await runningTasks(stack.ecs);
    expect(after).toHaveLength(2);
    expect(after.filter(({ id }) => before.some((task) => task.id === id))).toEqual([]);
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: after.map(({ id }) => id) }));
    for (const task of tasks) expect(task).toMatchObject({ cpu: '16', containers: [{ image: 'new', cpu: '16' }] });
    const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }));
    expect(given(taskDefinition?.taskDefinitionArn)).toMatch(/web:1$/);
  });

  it('under running processes, ends every one of them, as nobody wants them any more', async () => {
    const stack = await startStack({ args: ['--runtime', 'process', '--time-scale', '0.2'] });
    await instancesThere(stack.ecs, 1);
    await registerMain(stack.ecs, 'web');
    await createService(stack.ecs, 'web', 3);
    await untilStable(stack.ecs, 'web');
    const ids = () => taskProcesses(stack.dataDir).map(({ taskId }) => taskId);
    expect(ids()).toHaveLength(3);

    await reset(stack);
    await waitUntil('the processes of before gone', ids, (left) => left.length === 0, { withinMs: 15_000 });
    await registerMain(stack.ecs, 'web');
    await createService(stack.ecs, 'web', 1);
    await untilStable(stack.ecs, 'web');
    expect(ids()).toEqual((await runningTasks(stack.ecs)).map(({ id }) => id));
    await stack.stop();
  });

  it('three times in a row and twice at once, leaves a stack that still runs tasks', async () => {
    const stack = await startStack({ args: ['--runtime', 'simulated', '--agents', '2', '--time-scale', '0.2'] });
    for (const times of [1, 1, 2]) {
      await Promise.all(Array.from({ length: times }, () => reset(stack)));
      expect((await registerMain(stack.ecs, 'again')).revision).toBe(1);
      await createService(stack.ecs, 'again', 4);
      await untilStable(stack.ecs, 'again');
      expect(await runningTasks(stack.ecs)).toHaveLength(4);
    }
    await instancesThere(stack.ecs, 2);
    await stack.stop();
  });

  it('asked for by a page in a browser, or by GET, is refused and forgets nothing', async () => {
    const stack = await startStack({ args: ['--runtime', 'simulated', '--agents', '0'] });
    const local = (route: string, init: RequestInit = {}) => fetch(`${stack.endpoint}/_local/${route}`, init);
    await registerMain(stack.ecs, 'kept');
    const origin = 'https://somewhere.example';
    expect((await local('reset', { method: 'POST', headers: { origin } })).status).toBe(403);
    expect((await local('reset')).status).toBe(404);
    expect((await local('other', { method: 'POST' })).status).toBe(404);
    expect((await registerMain(stack.ecs, 'kept')).revision).toBe(2);

    const health = await local('health');
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    await stack.stop();
    await expect(local('health')).rejects.toThrow();
  });
});
