import { beforeEach, describe, expect, test } from 'vitest';
import { heartbeat } from '#control/instances/heartbeat.ts';
import { registerAgent } from '#control/instances/register-agent.ts';
import type { Key, StateStore } from '#control/ports.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { AGENT_PROTOCOL } from '#events/agent-wire.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';
import { twoMachines } from '#test/support/two-machines.ts';

let world: FlowWorld;
let one: FlowAgent;
let two: FlowAgent;

beforeEach(async () => {
  ({ world, one, two } = await twoMachines());
});

describe('agent liveness', () => {
  test('agent, silent past its lease and the server margin, is lost and its tasks run elsewhere', async () => {
    const victims = [...one.running.keys()];
    one.isUp = false;
    await world.pass(20_000);
    await world.sweep();
    await world.converge();
    expect(two.running.size).toBe(2);
    await world.pass(5_000);
    await world.sweep();
    await world.converge();
    expect(two.running.size).toBe(4);
    const lost = await describeTasks(world.deps, 'default', victims);
    expect(lost.map((view) => view?.observation?.stop?.code)).toEqual(victims.map(() => 'InfrastructureHealth'));
  });

  test.each([
    ['one', 'two'],
    ['two', 'one'],
  ])('agent %s, dies, is found by its neighbour without any sweep', async (dying) => {
    const [dead, alive] = dying === 'one' ? [one, two] : [two, one];
    dead.isUp = false;
    await world.pass(30_000);
    expect(alive.running.size).toBe(4);
  });

  test('agent, back after it was lost, stops what was replaced and takes new work', async () => {
    const victims = [...one.running.keys()];
    one.isUp = false;
    await world.pass(25_000);
    await world.sweep();
    await world.converge();
    one.isUp = true;
    await world.converge();
    expect([...one.running.keys()].filter((taskId) => victims.includes(taskId))).toEqual([]);
    expect(two.running.size).toBe(4);
    two.isUp = false;
    // The one voice left has just come back itself, so the other's silence is believed a grace period later.
    for (let sweeps = 0; sweeps < 3; sweeps += 1) {
      await world.pass(30_000);
      await world.sweep();
    }
    await world.converge();
    expect(one.running.size).toBe(4);
  });

  test('agent, registered again, keeps its tasks and takes new ones only after a sync', async () => {
    const before = [...one.running.keys()];
    await one.register();
    await world.converge();
    expect([...one.running.keys()]).toEqual(before);
    expect(one.epoch).toBe(2);
  });

  test('agent, a copy with an older epoch, is refused and the first stays in charge', async () => {
    const stale = {
      protocol: AGENT_PROTOCOL,
      cluster: 'default',
      publicKey: 'key-one',
      hostname: 'copy',
      runtime: 'simulated',
      agentVersion: '0',
      total: { cpu: 1_024, memory: 1_024 },
      attributes: {},
      instanceId: one.instanceId,
    } as const;
    await one.register();
    await expect(registerAgent(world.deps, { ...stale, agentEpoch: 1 })).rejects.toMatchObject({ code: 'Conflict' });
    await expect(registerAgent(world.deps, stale)).rejects.toMatchObject({ code: 'Conflict' });
    await expect(one.beat()).resolves.toBeTypeOf('boolean');
  });

  test('agent, a registration repeated after a lost answer, gets the same epoch', async () => {
    const again = {
      protocol: AGENT_PROTOCOL,
      cluster: 'default',
      publicKey: 'key-one',
      hostname: 'one',
      runtime: 'simulated',
      agentVersion: '0',
      total: { cpu: 1_024, memory: 1_024 },
      attributes: {},
      instanceId: one.instanceId,
      agentEpoch: 1,
      attempt: 'a1',
    } as const;
    const first = await registerAgent(world.deps, again);
    const second = await registerAgent(world.deps, again);
    expect([first.agentEpoch, second.agentEpoch]).toEqual([2, 2]);
  });

  test('report, from an older agent epoch or for another task epoch, changes nothing', async () => {
    const [taskId = ''] = one.running.keys();
    const agent = { cluster: 'default', instanceId: one.instanceId };
    const report = (epoch: number) => ({ taskId, epoch, status: 'STOPPED', containers: [] }) as const;
    const request = { protocol: AGENT_PROTOCOL, agentEpoch: 1, seen: 0, synced: true, known: [taskId] };
    await heartbeat(world.deps, agent, { ...request, reports: [report(99)] });
    await one.register();
    await expect(heartbeat(world.deps, agent, { ...request, reports: [report(1)] })).rejects.toMatchObject({
      code: 'Conflict',
    });
    const [view] = await describeTasks(world.deps, 'default', [taskId]);
    expect(view?.observation?.status).toBe('RUNNING');
  });

  test.each([
    ['after', 'RES#'],
    ['before', 'OBSERVED#'],
    ['after', 'OBSERVED#'],
  ])('report, a registration commits right %s its read of %s, is refused', async (when, prefix) => {
    const world = await flowWorld();
    const agent = await world.agent('one');
    const launched = await runTask(world.deps, {
      cluster: 'default',
      taskDefinition: 'web',
      count: 1,
      launchType: 'EC2',
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: false,
      tags: [],
    });
    const taskId = launched.tasks[0]?.task.taskId ?? '';
    let isFirst = true;
    const around = async <T>(key: Key | undefined, read: () => Promise<T>): Promise<T> => {
      if (!isFirst || !key?.sk.startsWith(prefix)) return read();
      isFirst = false;
      if (when === 'before') await agent.register();
      const found = await read();
      if (when === 'after') await agent.register();
      return found;
    };
    const store: StateStore = {
      ...world.store,
      get: (key) => around(key, () => world.store.get(key)),
      getMany: (keys) => around(keys[0], () => world.store.getMany(keys)),
    };
    const known = [taskId];
    const reports = [{ taskId, epoch: 1, status: 'RUNNING', containers: [] }] as const;
    const request = { protocol: AGENT_PROTOCOL, agentEpoch: 1, seen: 0, synced: true, known, reports };
    const id = { cluster: 'default', instanceId: agent.instanceId };
    await expect(heartbeat({ ...world.deps, store }, id, request)).rejects.toMatchObject({ code: 'Conflict' });
    const [view] = await describeTasks(world.deps, 'default', [taskId]);
    expect(view?.observation).toMatchObject({ agentEpoch: 2, status: 'PENDING' });
  });

  test('task, once seen running and forgotten by its machine, is replaced and never starts there again', async () => {
    const [taskId = ''] = one.running.keys();
    // The book and the containers are gone, as after a reboot with a damaged disk.
    one.running.delete(taskId);
    await world.pass(10_000);
    await world.sweep();
    await world.converge();
    expect(one.started.filter((started) => started === `${taskId}.1`)).toHaveLength(1);
    expect(one.running.size + two.running.size).toBe(4);
    const [view] = await describeTasks(world.deps, 'default', [taskId]);
    expect(view?.observation?.status).toBe('STOPPED');
  });

  test('heartbeat, nothing new, writes its lease at most', async () => {
    await one.beat();
    const before = world.store.feed.latest();
    for (let beats = 0; beats < 4; beats += 1) {
      world.advance(5_000);
      await one.beat();
    }
    const changes = world.store.feed.read(before, 100);
    expect(new Set(changes.map((change) => change.new?.kind))).toEqual(new Set(['lease']));
    expect(changes.length).toBeLessThanOrEqual(2);
  });

  test('first registration, without a token or with a wrong one, is refused and leaves nothing', async () => {
    const before = world.store.feed.latest();
    const stranger = {
      protocol: AGENT_PROTOCOL,
      cluster: 'default',
      publicKey: 'key-x',
      hostname: 'x',
      runtime: 'simulated',
      agentVersion: '0',
      total: { cpu: 1, memory: 1 },
      attributes: {},
    } as const;
    await expect(registerAgent(world.deps, stranger)).rejects.toMatchObject({ code: 'AccessDenied' });
    await expect(registerAgent(world.deps, { ...stranger, joinToken: 'guess' })).rejects.toMatchObject({
      code: 'AccessDenied',
    });
    expect(world.store.feed.latest()).toBe(before);
  });
});
