import { beforeEach, describe, expect, test } from 'vitest';
import { deregisterInstance } from '#control/instances/deregister-instance.ts';
import { forceDeregister } from '#control/instances/force-deregister.ts';
import { describeInstances } from '#control/instances/read-instances.ts';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import { servicePartition, slotsPrefix } from '#control/keys.ts';
import { readAll, slotChunks } from '#control/records.ts';
import { createService } from '#control/services/create-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { DISCONNECT_MODE_TAG } from '#core/service/disconnect-mode.ts';
import { timingsAt } from '#core/timings.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let one: FlowAgent;

const create = (desiredCount: number, mode = 'available') =>
  createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount,
    tags: [{ key: DISCONNECT_MODE_TAG, value: mode }],
    createdBy: 'test',
  });

const force = () => forceDeregister(world.deps, 'default', one.instanceId);
const statusOf = async (agent: FlowAgent) =>
  (await describeInstances(world.deps, 'default', [agent.instanceId]))[0]?.reservation.status;
const viewsOf = async (taskIds: readonly string[]) => describeTasks(world.deps, 'default', taskIds);

/** The epoch of each slot that was ever started, and whether a task of it is there. */
async function slots() {
  const chunks = await readAll(world.deps.store, slotChunks, {
    pk: servicePartition('default', 'web'),
    prefix: slotsPrefix,
  });
  return chunks.flatMap(({ value }) => value.slots.map(({ index, epoch, phase }) => ({ index, epoch, phase })));
}

/** A service of three tasks on the one machine there is. */
async function openWithService(mode?: string): Promise<readonly string[]> {
  await create(3, mode);
  await world.converge();
  expect(one.running.size).toBe(3);
  return [...one.running.keys()];
}

const { lease, serverMargin, heartbeat } = timingsAt();

/** Time goes by for everybody, and this agent alone is heard from. */
async function pass(agent: FlowAgent, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= heartbeat) {
    world.advance(Math.min(left, heartbeat));
    await agent.beat();
    await world.sweep();
  }
}

beforeEach(async () => {
  world = await flowWorld();
  one = await world.agent('one');
});

describe('deregister container instance', () => {
  test('an instance with tasks, without force, is refused and stays as it is', async () => {
    await openWithService();
    await expect(deregisterInstance(world.deps, 'default', one.instanceId)).rejects.toMatchObject({
      code: 'InvalidParameter',
    });
    expect(await statusOf(one)).toBe('ACTIVE');
  });

  test('an instance without tasks, with force, is INACTIVE at once', async () => {
    await force();
    expect(await statusOf(one)).toBe('INACTIVE');
    await expect(one.beat()).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });

  test('an instance with tasks, with force, stops them all, ends, and its service moves without a failure', async () => {
    const before = await openWithService();
    const two = await world.agent('two');
    await force();
    expect(await statusOf(one)).toBe('DEREGISTERING');
    await one.beat();
    expect(one.running.size).toBe(0);
    await one.beat();
    await one.beat();
    one.isUp = false;
    await world.converge();
    expect(await statusOf(one)).toBe('INACTIVE');
    expect(two.running.size).toBe(3);
    for (const view of await viewsOf(before)) {
      expect(view?.observation?.status).toBe('STOPPED');
      expect(view?.task.stop).toMatchObject({
        code: 'UserInitiated',
        reason: 'Container instance deregistration forced by user',
      });
    }
    expect((await slots()).filter(({ phase }) => phase === 'running')).toHaveLength(3);
  });

  test('an instance that is leaving, is given nothing and cannot be called back', async () => {
    await openWithService();
    await force();
    await expect(setInstanceState(world.deps, 'default', one.instanceId, 'ACTIVE')).rejects.toMatchObject({
      code: 'InvalidParameter',
    });
    await world.settle();
    const started = one.started.length;
    for (let beat = 0; beat < 3; beat += 1) await one.beat();
    await world.settle();
    expect(one.started).toHaveLength(started);
  });

  test.each(['available', 'fenced'])(
    'a cut-off instance of a service that is %s, with force, frees no slot before its lease is over',
    async (mode) => {
      const before = await openWithService(mode);
      const two = await world.agent('two');
      one.isUp = false;
      await force();
      await world.converge();
      const taken = await slots();
      expect(taken.filter(({ phase }) => phase === 'stopping')).toHaveLength(3);
      expect(taken.filter(({ phase }) => phase === 'empty')).toEqual([]);
      // What replaces them are other slots, so nothing runs twice whatever the machine does.
      expect(two.running.size).toBe(3);
      for (const view of await viewsOf(before)) expect(view?.observation?.status).toBe('RUNNING');
      await pass(two, lease + serverMargin - 1);
      expect((await slots()).filter(({ phase }) => phase === 'stopping')).toHaveLength(3);
      await pass(two, 1);
      await world.converge();
      expect((await slots()).filter(({ phase }) => phase === 'stopping')).toEqual([]);
      await world.sweep();
      expect(await statusOf(one)).toBe('INACTIVE');
      for (const view of await viewsOf(before)) expect(view?.observation?.status).toBe('STOPPED');
    },
  );

  test('an agent that comes back after its instance ended, is told to stop what it still runs, and only then refused', async () => {
    await openWithService();
    const two = await world.agent('two');
    one.isUp = false;
    await force();
    await pass(two, lease + serverMargin);
    await world.sweep();
    expect(await statusOf(one)).toBe('INACTIVE');
    expect(one.running.size).toBe(3);
    await one.beat();
    expect(one.running.size).toBe(0);
    await expect(one.beat()).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });

  test('an instance with more tasks than a transaction holds, with force, stops every one of them', async () => {
    const large = await world.agent('large', { cpu: 64_000, memory: 128_000 });
    await create(85);
    await world.converge();
    const held = [...large.running.keys()];
    expect(held.length).toBeGreaterThan(60);
    await forceDeregister(world.deps, 'default', large.instanceId);
    for (const view of await viewsOf(held)) expect(view?.task.desiredStatus).toBe('STOPPED');
    await large.beat();
    expect(large.running.size).toBe(0);
  });

  test('force, repeated, changes nothing more', async () => {
    await openWithService();
    await force();
    const version = async () =>
      (await describeInstances(world.deps, 'default', [one.instanceId]))[0]?.reservationVersion;
    const first = await version();
    await force();
    expect(await version()).toBe(first);
  });
});
