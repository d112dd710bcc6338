import { beforeEach, describe, expect, test } from 'vitest';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { protectTasks, readProtection } from '#control/services/protect-tasks.ts';
import { updateService } from '#control/services/update-service.ts';
import { runTask } from '#control/tasks/run-task.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const HOUR = 3_600_000;
let world: FlowWorld;
let one: FlowAgent;
let two: FlowAgent;

beforeEach(async () => {
  world = await flowWorld();
  one = await world.agent('one');
  two = await world.agent('two');
  const service = { cluster: 'default', name: 'web', taskDefinition: 'web:1', desiredCount: 4, tags: [] };
  await createService(world.deps, { ...service, createdBy: 'test' });
  await world.converge();
});

const running = () => [one, two].flatMap((agent) => [...agent.running.keys()]);
const protect = (ids: readonly string[], until: number | undefined = world.clock.now() + HOUR) =>
  protectTasks(world.deps, 'default', ids, until);
const update = async (changes: { desiredCount?: number; taskDefinition?: string }) => {
  await updateService(world.deps, { cluster: 'default', name: 'web', forceNewDeployment: false, ...changes });
  await world.converge();
};

describe('task protection', () => {
  test('service, scaled in, keeps its protected tasks and stops others', async () => {
    const kept = running().slice(0, 2);
    await protect(kept);
    await update({ desiredCount: 2 });
    expect(new Set(running())).toEqual(new Set(kept));
  });

  test('service, scaled in below its protected tasks, keeps them until their protection ends', async () => {
    const kept = running().slice(0, 3);
    await protect(kept);
    await update({ desiredCount: 1 });
    expect(new Set(running())).toEqual(new Set(kept));
    world.advance(HOUR);
    await world.sweep();
    await world.converge();
    expect(running()).toHaveLength(1);
  });

  test('deployment, replaces all but the protected task, and that one when its protection is lifted', async () => {
    const [kept = ''] = running();
    await protect([kept]);
    await update({ taskDefinition: 'web:2' });
    expect(running()).toContain(kept);
    await protectTasks(world.deps, 'default', [kept], undefined);
    world.advance(HOUR);
    await world.sweep();
    await world.converge();
    expect(running()).not.toContain(kept);
    expect(running()).toHaveLength(4);
  });

  test('draining machine, waits for the protected task and moves the others', async () => {
    const [kept = ''] = one.running.keys();
    await protect([kept]);
    await setInstanceState(world.deps, 'default', one.instanceId, 'DRAINING');
    await world.converge();
    expect([...one.running.keys()]).toEqual([kept]);
  });

  test('service, deleted by force, takes protected tasks with it', async () => {
    await protect(running());
    await deleteService(world.deps, 'default', 'web', true);
    await world.converge();
    expect(running()).toEqual([]);
  });

  test('tasks, of no service, unknown, or one more than is desired, come back as failures', async () => {
    const { tasks } = await runTask(world.deps, {
      cluster: 'default',
      taskDefinition: 'web:1',
      count: 1,
      launchType: 'EC2',
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: false,
      tags: [],
    });
    const standalone = tasks[0]?.task.taskId ?? '';
    const { failures } = await protect([standalone, 'f'.repeat(32)]);
    expect(failures.map(({ reason }) => reason)).toEqual(['TASK_NOT_VALID', 'MISSING']);
    const ids = running().filter((id) => id !== standalone);
    await protect(ids);
    await update({ desiredCount: 2 });
    expect((await protect(ids.slice(0, 1))).failures).toMatchObject([{ reason: 'DEPLOYMENT_BLOCKED' }]);
  });

  test('protection, read back, says until when and ends by itself', async () => {
    const [kept = '', other = ''] = running();
    const until = world.clock.now() + HOUR;
    await protect([kept], until);
    expect(await readProtection(world.deps, 'default', [kept, other])).toEqual({
      tasks: [{ taskId: kept, until }, { taskId: other }],
      failures: [],
    });
    world.advance(HOUR);
    expect((await readProtection(world.deps, 'default', [kept])).tasks).toEqual([{ taskId: kept }]);
  });
});
