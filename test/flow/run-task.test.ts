import { describe, expect, test } from 'vitest';
import type { RunTaskIntent } from '#control/intents.ts';
import type { StateStore } from '#control/ports.ts';
import { describeTasks, listTasks } from '#control/tasks/read-tasks.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { flowWorld } from '#test/support/flow-world.ts';

const intent = (overrides: Partial<RunTaskIntent> = {}): RunTaskIntent => ({
  cluster: 'default',
  taskDefinition: 'web',
  count: 1,
  launchType: 'EC2',
  placementConstraints: [],
  placementStrategy: [],
  enableExecuteCommand: false,
  tags: [],
  ...overrides,
});

describe('run task', () => {
  test('run task, room on a machine, is assigned in the answer and runs', async () => {
    const world = await flowWorld();
    const agent = await world.agent('one');
    const { tasks, failures } = await runTask(world.deps, intent());
    expect(failures).toEqual([]);
    expect(tasks[0]?.task).toMatchObject({ assignment: { instanceId: agent.instanceId }, definition: { revision: 2 } });
    await world.converge();
    const [view] = await describeTasks(world.deps, 'default', [tasks[0]?.task.taskId ?? '']);
    expect(view?.observation?.status).toBe('RUNNING');
  });

  test('run task, many callers at once for one machine, each is given it without a conflict', async () => {
    const world = await flowWorld();
    const agent = await world.agent('one', { cpu: 32_000, memory: 64_000 });
    let conflicts = 0;
    const store: StateStore = {
      ...world.deps.store,
      transact: async (writes) => {
        const outcome = await world.deps.store.transact(writes);
        if (outcome.kind === 'conflict') conflicts += 1;
        return outcome;
      },
    };
    const deps = { ...world.deps, store };
    const answers = await Promise.all(Array.from({ length: 30 }, () => runTask(deps, intent())));
    const homes = answers.flatMap(({ tasks }) => tasks.map(({ task }) => task.assignment?.instanceId));
    expect({ homes, conflicts }).toEqual({ homes: Array(30).fill(agent.instanceId), conflicts: 0 });
  });

  test('run task, no machine, waits and is placed when one joins', async () => {
    const world = await flowWorld();
    const { tasks } = await runTask(world.deps, intent({ count: 2 }));
    expect(tasks.map(({ task }) => task.unplaced)).toEqual([
      { considered: 0, rejected: {} },
      { considered: 0, rejected: {} },
    ]);
    await world.converge();
    const agent = await world.agent('late');
    await world.converge();
    expect(agent.running.size).toBe(2);
  });

  test('run task, one token fifty times in parallel, makes one set of tasks', async () => {
    const world = await flowWorld();
    const agent = await world.agent('one');
    const request = intent({ count: 3, clientToken: 'same' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => runTask(world.deps, request)));
    const sets = new Set(answers.map(({ tasks }) => tasks.map(({ task }) => task.taskId).join()));
    expect(sets.size).toBe(1);
    await world.converge();
    expect(agent.running.size).toBe(3);
    expect(
      (await listTasks(world.deps, { cluster: 'default', desiredStatus: 'RUNNING' }, { limit: 100 })).taskIds,
    ).toHaveLength(3);
  });

  test('run task, a used token with other parameters, conflicts and names the tasks', async () => {
    const world = await flowWorld();
    await world.agent('one');
    const { tasks } = await runTask(world.deps, intent({ count: 2, clientToken: 'same' }));
    const arns = tasks.map(({ task }) => `arn:aws:ecs:us-east-1:000000000000:task/default/${task.taskId}`);
    await expect(runTask(world.deps, intent({ count: 1, clientToken: 'same' }))).rejects.toMatchObject({
      code: 'Conflict',
      detail: { resourceIds: arns },
    });
    await expect(runTask(world.deps, intent({ count: 3, clientToken: 'same' }))).rejects.toMatchObject({
      code: 'Conflict',
    });
    expect(
      (await listTasks(world.deps, { cluster: 'default', desiredStatus: 'RUNNING' }, { limit: 100 })).taskIds,
    ).toHaveLength(2);
  });

  test('run task, a token whose tasks stopped, is still remembered', async () => {
    const world = await flowWorld();
    await world.agent('one');
    const first = await runTask(world.deps, intent({ clientToken: 'same' }));
    const taskId = first.tasks[0]?.task.taskId ?? '';
    await stopTask(world.deps, 'default', taskId);
    await world.converge();
    world.advance(23 * 3_600_000);
    world.store.expire(world.clock.now());
    const again = await runTask(world.deps, intent({ clientToken: 'same' }));
    expect(again.tasks.map(({ task }) => [task.taskId, task.desiredStatus])).toEqual([[taskId, 'STOPPED']]);
  });

  test('start task, an instance without room and one unknown, fails with reasons and waits for nothing', async () => {
    const world = await flowWorld();
    const small = await world.agent('small', { cpu: 64, memory: 1_024 });
    const { tasks, failures } = await runTask(world.deps, intent({ instances: [small.instanceId, 'f'.repeat(32)] }));
    expect(tasks).toEqual([]);
    expect(failures.map(({ reason }) => reason)).toEqual(['RESOURCE:CPU', 'MISSING']);
    expect(
      (await listTasks(world.deps, { cluster: 'default', desiredStatus: 'RUNNING' }, { limit: 10 })).taskIds,
    ).toEqual([]);
  });

  test('stop task, waiting for a machine, ends at once and leaves the queue', async () => {
    const world = await flowWorld();
    const { tasks } = await runTask(world.deps, intent());
    const taskId = tasks[0]?.task.taskId ?? '';
    const stopped = await stopTask(world.deps, 'default', taskId, 'changed my mind');
    expect(stopped.observation).toMatchObject({ status: 'STOPPED', stop: { reason: 'changed my mind' } });
    const agent = await world.agent('late');
    await world.converge();
    expect(agent.started).toEqual([]);
  });

  test('list tasks, more than a page, walks every task exactly once', async () => {
    const world = await flowWorld();
    const made: string[] = [];
    for (let call = 0; call < 6; call += 1) {
      const { tasks } = await runTask(world.deps, intent({ count: 10 }));
      made.push(...tasks.map(({ task }) => task.taskId));
    }
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page: { taskIds: readonly string[]; next?: string } = await listTasks(
        world.deps,
        { cluster: 'default', desiredStatus: 'RUNNING' },
        { limit: 7, ...(after === undefined ? {} : { after }) },
      );
      found.push(...page.taskIds);
      after = page.next;
    } while (after !== undefined);
    expect(found.toSorted()).toEqual(made.toSorted());
  });
});
