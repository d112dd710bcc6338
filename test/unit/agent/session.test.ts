import { describe, expect, it } from 'vitest';
import { aSimulated, aTaskSpec } from '#test/support/agent-specs.ts';
import { agentWorld } from '#test/support/agent-world.ts';

const HEARTBEAT = 6_000;

describe('agent session, bells', () => {
  it('a bell that follows what was seen, is applied without a heartbeat in between', async () => {
    const world = agentWorld();
    await world.start();
    const { sequence } = world.server;
    const beats = world.server.heartbeats.length;
    world.server.heartbeatAnswer = async () => ({ kind: 'unavailable', message: 'down' });
    const spec = aTaskSpec({ taskId: 't1' });
    world.server.ring({
      previous: sequence,
      sequence: sequence + 1,
      changes: [{ taskId: 't1', desired: 'RUNNING', spec }],
    });
    await world.settle();
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
    expect(world.server.heartbeats).toHaveLength(beats);
  });

  it('a bell after a gap, starts nothing by itself and causes a heartbeat', async () => {
    const world = agentWorld();
    const agent = await world.start();
    const { sequence } = world.server;
    const beats = world.server.heartbeats.length;
    const spec = aTaskSpec({ taskId: 't1' });
    world.server.ring({
      previous: sequence + 4,
      sequence: sequence + 5,
      changes: [{ taskId: 't1', desired: 'RUNNING', spec }],
    });
    await world.advance(10);
    expect(world.machine.list()).toEqual([]);
    expect(world.server.heartbeats).toHaveLength(beats + 1);
    expect(agent.status()?.seen).toBe(sequence);
  });

  it.each([
    ['of another agent epoch', { agentEpoch: 99 }],
    ['of another instance', { instanceId: 'i-9' }],
    ['seen before', { sequence: 1 }],
  ])('a bell %s, is ignored', async (_case, overrides) => {
    const world = agentWorld();
    await world.start();
    const { sequence } = world.server;
    const beats = world.server.heartbeats.length;
    const spec = aTaskSpec({ taskId: 't1' });
    const changes = [{ taskId: 't1', desired: 'RUNNING', spec }] as const;
    world.server.ring({ previous: sequence, sequence: sequence + 1, changes, ...overrides });
    await world.advance(10);
    expect(world.machine.list()).toEqual([]);
    expect(world.server.heartbeats).toHaveLength(beats);
  });

  it('a bell for an unknown task without specification, asks with a heartbeat', async () => {
    const world = agentWorld();
    const agent = await world.start();
    const { sequence } = world.server;
    const beats = world.server.heartbeats.length;
    world.server.ring({ previous: sequence, sequence: sequence + 1, changes: [{ taskId: 't1', desired: 'RUNNING' }] });
    await world.advance(10);
    expect(world.server.heartbeats).toHaveLength(beats + 1);
    expect(agent.status()?.seen).toBe(sequence);
  });
});

describe('agent session, heartbeats', () => {
  it('the first heartbeat, says synced because the containers were listed (rule R17)', async () => {
    const world = agentWorld();
    await world.start();
    expect(world.server.heartbeats[0]).toMatchObject({ synced: true, seen: 0, agentEpoch: 1 });
  });

  it('a runtime that cannot list, heartbeats unsynced and starts nothing until it can', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    let broken = true;
    const factory = world.runtime.factory;
    await world.start({
      kind: 'simulated',
      open: (owners) => {
        const runtime = factory.open(owners);
        const list = async () => {
          if (broken) throw new Error('the engine does not answer');
          return runtime.list();
        };
        return { ...runtime, list };
      },
    });
    await world.advance(20_000);
    expect(world.server.heartbeats.at(-1)).toMatchObject({ synced: false });
    expect(world.machine.list()).toEqual([]);
    broken = false;
    await world.advance(20_000);
    expect(world.server.heartbeats.at(-1)).toMatchObject({ synced: true });
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
  });

  it('news while a heartbeat is in flight, one more follows it', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1', containers: [aSimulated('app', { EXIT_AFTER_MS: 5_500 })] }));
    await world.start();
    const held = Promise.withResolvers<undefined>();
    world.server.heartbeatAnswer = () => held.promise;
    const beats = world.server.heartbeats.length;
    await world.advance(5_600);
    expect(world.server.heartbeats).toHaveLength(beats + 1);
    world.server.heartbeatAnswer = undefined;
    held.resolve(undefined);
    await world.advance(10);
    expect(world.server.heartbeats).toHaveLength(beats + 2);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED' });
  });

  it('a task that a late bell brought and that was taken away since, ends before anything of it is created', async () => {
    const world = agentWorld();
    world.runtime.close('pull');
    await world.start();
    const held = Promise.withResolvers<undefined>();
    world.server.heartbeatAnswer = () => held.promise;
    await world.advance(HEARTBEAT);
    const { sequence } = world.server;
    const spec = aTaskSpec({ taskId: 't1' });
    world.server.ring({
      previous: sequence,
      sequence: sequence + 1,
      changes: [{ taskId: 't1', desired: 'RUNNING', spec }],
    });
    await world.settle();
    world.server.sequence = sequence + 2;
    // Only this one answer comes; nobody names the task as one to stop.
    world.server.heartbeatAnswer = async () => ({ kind: 'unavailable', message: 'down' });
    held.resolve(undefined);
    await world.settle();
    world.runtime.open('pull');
    await world.advance(1_000);
    expect(world.machine.list()).toEqual([]);
  });

  it('a lease, counts from when the request was sent (rule R4)', async () => {
    const world = agentWorld();
    const agent = await world.start();
    const before = agent.status()?.leaseUntil ?? 0;
    const held = Promise.withResolvers<undefined>();
    let sentAt = 0;
    world.server.heartbeatAnswer = () => {
      sentAt = world.clock.monotonic();
      return held.promise;
    };
    await world.advance(9_000);
    world.server.heartbeatAnswer = undefined;
    held.resolve(undefined);
    await world.settle();
    expect(agent.status()?.leaseUntil).toBe(sentAt + 20_000);
    expect(agent.status()?.leaseUntil).toBeGreaterThan(before);
  });

  it('a control plane that is down, is asked no more often than on any day and is found again within two heartbeats', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    const agent = await world.start();
    world.server.heartbeatAnswer = async () => ({ kind: 'unavailable', message: '503' });
    await world.advance(600_000);
    const beats = world.server.heartbeats.length;
    await world.advance(600_000);
    expect(world.server.heartbeats.length - beats).toBeLessThanOrEqual(600 / 5 + 1);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
    const before = agent.status()?.leaseUntil;
    world.server.heartbeatAnswer = undefined;
    await world.advance(10_000);
    expect(agent.status()?.leaseUntil).toBeGreaterThan(before ?? 0);
  });
});

describe('agent, registration', () => {
  it('an identity that was taken over, stops the agent with exit code 1 and leaves containers (rule R12)', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    const first = await world.start();
    await first.stop();
    world.server.registerAnswer = () => ({ kind: 'taken-over', message: '409' });
    const second = await world.start();
    await expect(second.done).resolves.toBe(1);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
  });

  it('a heartbeat that is told so, ends likewise', async () => {
    const world = agentWorld();
    const agent = await world.start();
    world.server.heartbeatAnswer = async () => ({ kind: 'taken-over', message: '409' });
    await world.advance(HEARTBEAT);
    await expect(agent.done).resolves.toBe(1);
  });

  it('no identity and no join token, ends with exit code 1 without asking', async () => {
    const world = agentWorld();
    const { joinToken: _unused, ...options } = world.options;
    world.options = options;
    const agent = await world.start();
    await expect(agent.done).resolves.toBe(1);
    expect(world.server.registrations).toEqual([]);
  });

  it('an answer that got lost, is asked for again under the same attempt', async () => {
    const world = agentWorld();
    let lost = 2;
    world.server.registerAnswer = () => (lost-- > 0 ? { kind: 'unavailable', message: 'lost' } : undefined);
    await world.start();
    await world.advance(5_000);
    expect(world.server.registrations.map(({ attempt }) => attempt)).toEqual(['attempt-1', 'attempt-1', 'attempt-1']);
  });

  it('an instance the control plane forgot, joins again with a new key and hands over its containers', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    const agent = await world.start();
    world.server.disown('t1');
    world.server.heartbeatAnswer = async ({ agentEpoch }) =>
      agentEpoch === 1 ? { kind: 'unknown-instance', message: '410' } : undefined;
    world.server.instanceId = 'i-2';
    await world.advance(60_000);
    const [before, after] = world.server.registrations;
    expect(after).toMatchObject({ joinToken: 'join' });
    expect(after?.publicKey).not.toBe(before?.publicKey);
    expect(agent.instanceId()).toBe('i-2');
    expect(world.machine.list()).toEqual([]);
  });

  it('a restart, registers as the instance it was', async () => {
    const world = agentWorld();
    const agent = await world.start();
    await agent.stop();
    await expect(agent.done).resolves.toBe(0);
    await world.start();
    expect(world.server.registrations[1]).toMatchObject({ instanceId: 'i-1', agentEpoch: 1 });
    expect(world.server.registrations[1]).not.toHaveProperty('joinToken');
  });
});
