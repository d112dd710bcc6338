import { describe, expect, it } from 'vitest';
import { LOST_CONTACT } from '#agent/fence.ts';
import { fakeFence } from '#test/support/agent-fence.ts';
import { aSimulated, aTaskSpec } from '#test/support/agent-specs.ts';
import { type AgentWorld, agentWorld } from '#test/support/agent-world.ts';

const LEASE = 20_000;
const MARGIN = 4_000;
const LOST = { code: 'InfrastructureHealth', reason: LOST_CONTACT };

const fencedTask = (taskId: string) => aTaskSpec({ taskId, fenced: true });
const cutOff = (world: AgentWorld): void => {
  world.server.heartbeatAnswer = async () => ({ kind: 'unavailable', message: 'cut off' });
};
const reconnect = (world: AgentWorld): void => {
  world.server.heartbeatAnswer = undefined;
};

function fencedWorld() {
  const world = agentWorld();
  const fence = fakeFence(world);
  world.fence = fence;
  return { world, fence };
}

describe('fenced tasks', () => {
  it('while the control plane answers, run and push the deadline ahead of them', async () => {
    const { world, fence } = fencedWorld();
    await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(60_000);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running', labels: { fenced: true } });
    expect(fence.deadline?.owners).toEqual(['i-1']);
    expect(fence.deadline?.at).toBeGreaterThan(world.clock.monotonic() + LEASE - MARGIN - 6_000);
    expect(fence.started).toBe(1);
    expect(world.server.heartbeats.at(-1)?.fenced).toBe(true);
  });

  it('no fenced task on the machine, no deadline is written and no watchdog runs', async () => {
    const { world, fence } = fencedWorld();
    await world.start();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.advance(60_000);
    expect([fence.deadline, fence.started]).toEqual([undefined, 0]);
    expect(world.server.heartbeats.at(-1)?.fenced).toBeUndefined();
  });

  it('a deadline, counts from when the confirming request was sent', async () => {
    const { world, fence } = fencedWorld();
    await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    const sent: number[] = [];
    world.server.heartbeatAnswer = (request) => {
      sent.push(world.clock.monotonic());
      const answer = world.server.answer(request);
      return new Promise((resolve) => {
        world.timers.after(3_000, () => resolve({ kind: 'answered', answer }));
      });
    };
    await world.advance(9_000);
    expect(fence.deadline?.at).toBe((sent[0] ?? 0) + LEASE - MARGIN);
  });

  it('the control plane does not answer, end without grace when the deadline has passed, and not before', async () => {
    const { world, fence } = fencedWorld();
    await world.start();
    world.server.hold(aTaskSpec({ taskId: 't1', fenced: true, containers: [aSimulated('app', { IGNORE_TERM: 1 })] }));
    world.server.hold(aTaskSpec({ taskId: 'free' }));
    await world.advance(6_000);
    cutOff(world);
    const deadline = fence.deadline?.at ?? 0;
    await world.advance(deadline - world.clock.monotonic() - 10);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
    await world.advance(600);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'exited' });
    expect(world.machine.get('free.1.app')).toMatchObject({ state: 'running' });
  });

  it('contact comes back after the deadline, are reported as ended by the lost contact', async () => {
    const { world } = fencedWorld();
    await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    cutOff(world);
    await world.advance(60_000);
    reconnect(world);
    await world.advance(20_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED', stop: LOST });
  });

  it('contact comes back before the deadline, run on', async () => {
    const { world } = fencedWorld();
    await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    cutOff(world);
    await world.advance(9_000);
    reconnect(world);
    await world.advance(60_000);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
  });

  it('the agent is gone for good, end with the deadline all the same, and the watchdog after them', async () => {
    const { world, fence } = fencedWorld();
    const agent = await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    await agent.stop();
    fence.isAgentAlive = false;
    await world.advance(LEASE);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'exited' });
    expect(fence.isRunning).toBe(false);
  });

  it('the agent comes back after the deadline, are reported as ended by the lost contact', async () => {
    const { world } = fencedWorld();
    const agent = await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    await agent.stop();
    await world.advance(60_000);
    await world.start();
    await world.advance(6_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED', stop: LOST });
  });

  it('the agent comes back before the deadline, run on untouched', async () => {
    const { world } = fencedWorld();
    const agent = await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    await agent.stop();
    await world.advance(5_000);
    await world.start();
    await world.advance(60_000);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
    expect(world.machine.counts.start).toBe(1);
  });

  it('a new lease after a lapse, starts nothing before what ran under the old one has ended', async () => {
    const { world, fence } = fencedWorld();
    await world.start();
    world.server.hold(fencedTask('old'));
    await world.advance(6_000);
    world.runtime.close('stop');
    cutOff(world);
    // Nobody ends it: the watchdog is gone, and the agent's own stop is held up.
    fence.watchdog.ensure = async () => undefined;
    fence.deadlines.save = async () => undefined;
    fence.deadline = { boot: 'boot-1', at: 1e12, owners: ['i-1'], agent: { pid: 1, startTime: '1' } };
    await world.advance(30_000);
    world.server.hold(fencedTask('new'));
    reconnect(world);
    await world.advance(10_000);
    expect(world.machine.get('old.1.app')).toMatchObject({ state: 'running' });
    expect(world.machine.get('new.1.app')).toBeUndefined();
    world.runtime.open('stop');
    await world.advance(1_000);
    expect(world.machine.get('old.1.app')?.state).not.toBe('running');
    expect(world.machine.get('new.1.app')).toMatchObject({ state: 'running' });
  });

  it('what ran under an old lease does not end, a new fenced task fails to start and says why', async () => {
    const { world, fence } = fencedWorld();
    await world.start();
    world.server.hold(fencedTask('old'));
    await world.advance(6_000);
    world.runtime.close('stop');
    cutOff(world);
    fence.watchdog.ensure = async () => undefined;
    fence.deadlines.save = async () => undefined;
    fence.deadline = { boot: 'boot-1', at: 1e12, owners: ['i-1'], agent: { pid: 1, startTime: '1' } };
    await world.advance(30_000);
    world.server.hold(fencedTask('new'));
    reconnect(world);
    await world.advance(40_000);
    const reason = 'ResourceInitializationError: containers from before contact was lost are still there';
    expect(world.server.lastReport('new')).toMatchObject({ stop: { code: 'TaskFailedToStart', reason } });
  });

  it('a start that is in flight when the deadline passes, comes to nothing', async () => {
    const { world } = fencedWorld();
    await world.start();
    world.runtime.close('start');
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'created' });
    cutOff(world);
    await world.advance(LEASE);
    expect(world.machine.get('t1.1.app')).toBeUndefined();
    world.runtime.open('start');
    await world.advance(1_000);
    expect(world.machine.counts.start).toBe(0);
    reconnect(world);
    await world.advance(20_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED', stop: LOST });
  });

  it('a create that is in flight when the deadline passes, is not started under the next lease', async () => {
    const { world } = fencedWorld();
    await world.start();
    world.runtime.close('create');
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    cutOff(world);
    await world.advance(30_000);
    reconnect(world);
    await world.advance(20_000);
    world.runtime.open('create');
    await world.advance(20_000);
    expect(world.machine.counts.start).toBe(0);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED', stop: LOST });
  });

  it('no watchdog comes up, fail to start and say why', async () => {
    const { world, fence } = fencedWorld();
    fence.refusal = 'no such program';
    await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    expect(world.machine.counts.create).toBe(0);
    const reason = 'ResourceInitializationError: the watchdog of fenced tasks does not run: no such program';
    expect(world.server.lastReport('t1')).toMatchObject({ stop: { code: 'TaskFailedToStart', reason } });
  });

  it('a machine that cannot guard them, are refused with the reason', async () => {
    const world = agentWorld();
    await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    expect(world.machine.counts.create).toBe(0);
    expect(world.server.lastReport('t1')?.stop?.reason).toContain('fenced tasks need a watchdog');
  });

  it('the watchdog dies, the next heartbeat brings another', async () => {
    const { world, fence } = fencedWorld();
    await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    fence.kill();
    await world.advance(6_000);
    expect(fence.started).toBe(2);
  });

  it('the deadline file is lost while the agent is away, end and are reported so', async () => {
    const { world, fence } = fencedWorld();
    const agent = await world.start();
    world.server.hold(fencedTask('t1'));
    await world.advance(6_000);
    await agent.stop();
    fence.deadline = undefined;
    await world.advance(1_000);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'exited' });
    await world.start();
    await world.advance(6_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED', stop: LOST });
  });
});
