import { beforeEach, describe, expect, test } from 'vitest';
import { readServiceHistory, readTaskHistory } from '#control/history/read-history.ts';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let one: FlowAgent;

beforeEach(async () => {
  world = await flowWorld();
  one = await world.agent('one');
  await createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount: 2,
    tags: [],
    createdBy: 'test',
  });
  await world.converge();
  world.advance(5_000);
});

const update = async (change: { readonly desiredCount?: number; readonly taskDefinition?: string }) => {
  await updateService(world.deps, { cluster: 'default', name: 'web', forceNewDeployment: false, ...change });
  await world.converge();
};

/** What happened since the service stood, as `kind cause`. */
const sinceThen = async (): Promise<readonly string[]> =>
  (await history()).slice(4).map(({ kind, cause }) => `${kind} ${cause}`);
const history = () => readServiceHistory(world.deps, { cluster: 'default', service: 'web' });
const aTask = (): string => [...one.running.keys()].sort()[0] ?? '';

describe('history of a service', () => {
  test('creation, is told with its deployment and the tasks it started', async () => {
    const entries = await history();
    expect(entries.map(({ kind, cause }) => `${kind} ${cause}`).sort()).toEqual([
      'deployment-ended deployment',
      'deployment-started creation',
      'task-started deployment',
      'task-started deployment',
    ]);
    expect(entries.find(({ cause }) => cause === 'creation')?.because).toBe('the service was created with web:1');
    expect(entries.filter(({ task }) => task).every(({ instanceId }) => instanceId === one.instanceId)).toBe(true);
  });

  test('new revision, is why its tasks start and the old ones stop', async () => {
    await update({ taskDefinition: 'web:2' });
    const told = await sinceThen();
    expect(told[0]).toBe('deployment-started update');
    expect([...told].sort()).toEqual([
      'deployment-ended deployment',
      'deployment-started update',
      'task-started deployment',
      'task-started deployment',
      'task-stopped deployment',
      'task-stopped deployment',
    ]);
    const [newest] = (await history()).filter(({ cause }) => cause === 'update');
    const stop = (await history()).find(({ kind }) => kind === 'task-stopped');
    expect(stop?.because).toBe(`replaced by ${newest?.deployment}`);
  });

  test('more and fewer tasks, are told as such, also when a slot is used again', async () => {
    await update({ desiredCount: 3 });
    world.advance(1_000);
    await update({ desiredCount: 2 });
    world.advance(1_000);
    await update({ desiredCount: 3 });
    expect(await sinceThen()).toEqual(['task-started scale-out', 'task-stopped scale-in', 'task-started scale-out']);
  });

  test('crash, names the task that was replaced and why it ended', async () => {
    const crashed = aTask();
    one.crash(crashed);
    await world.converge();
    world.advance(5_000);
    await world.sweep();
    await world.converge();
    expect(await sinceThen()).toEqual(['task-stopped crash', 'task-started replacement']);
    const replacement = (await history()).at(-1);
    expect(replacement).toMatchObject({
      replaces: crashed,
      because: expect.stringContaining(`replaces task ${crashed}`),
    });
    expect(replacement?.because).toContain('Essential container in task exited');
    expect(await readTaskHistory(world.deps, { cluster: 'default', taskId: replacement?.task ?? '' })).toEqual([
      replacement,
    ]);
  });

  test('stop by a user, is told with the words of the user', async () => {
    await stopTask(world.deps, 'default', aTask(), 'because I can');
    await world.converge();
    const told = (await history()).slice(4);
    expect(told.map(({ kind, cause }) => `${kind} ${cause}`)).toEqual([
      'task-stopped user',
      'task-started replacement',
    ]);
    expect(told[0]?.because).toBe('because I can');
  });

  test('draining machine, is why tasks start elsewhere and stop there', async () => {
    const two = await world.agent('two');
    await world.converge();
    await setInstanceState(world.deps, 'default', one.instanceId, 'DRAINING');
    await world.converge();
    expect(two.running.size).toBe(2);
    const told = await sinceThen();
    expect([...told].sort()).toEqual([
      'task-started drain',
      'task-started drain',
      'task-stopped drain',
      'task-stopped drain',
    ]);
  });

  test('machine that is lost, is why its tasks ended', async () => {
    one.isUp = false;
    const two = await world.agent('two');
    for (let passed = 0; passed < 240_000; passed += 5_000) {
      world.advance(5_000);
      await world.converge();
      if (passed % 30_000 === 0) await world.sweep();
    }
    expect(two.running.size).toBe(2);
    const told = await sinceThen();
    expect(told.filter((one) => one === 'task-stopped loss')).toHaveLength(2);
    expect(told.filter((one) => one === 'task-started replacement')).toHaveLength(2);
  });

  test('service that is deleted, is why its tasks stop', async () => {
    await deleteService(world.deps, 'default', 'web', true);
    await world.converge();
    expect(await sinceThen()).toEqual(['task-stopped deletion', 'task-stopped deletion']);
  });
});
