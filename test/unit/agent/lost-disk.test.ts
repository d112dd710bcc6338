import { describe, expect, it } from 'vitest';
import { aTaskSpec } from '#test/support/agent-specs.ts';
import { agentWorld } from '#test/support/agent-world.ts';

const HEARTBEAT = 6_000;

describe('agent, without its task book (rule R8)', () => {
  it('tasks of an earlier life, whose containers are gone, are refused; later ones run', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    const agent = await world.start();
    await agent.stop();
    world.machine.remove('t1.1.app');
    const { disk } = world;
    let isLost = true;
    world.disk = {
      ...disk,
      loadBook: async () => (isLost ? undefined : disk.loadBook()),
      saveBook: async (book) => {
        isLost = false;
        await disk.saveBook(book);
      },
    };
    await world.start();
    await world.advance(HEARTBEAT);
    expect(world.server.lastReport('t1')).toMatchObject({
      status: 'STOPPED',
      stop: { reason: 'ResourceInitializationError: the agent lost its record of what it had started' },
    });
    world.server.hold(aTaskSpec({ taskId: 't2' }));
    await world.advance(2 * HEARTBEAT);
    expect(world.server.lastReport('t2')).toMatchObject({ status: 'RUNNING' });
    expect(world.machine.counts).toMatchObject({ start: 2 });
  });
});

describe('agent, without its identity (invariant S10)', () => {
  it('containers of the machine it was, are ended once the control plane says that they are not its own', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    const agent = await world.start();
    await agent.stop();
    const { disk } = world;
    let isLost = true;
    world.disk = {
      ...disk,
      loadIdentity: async () => (isLost ? undefined : disk.loadIdentity()),
      saveIdentity: async (identity) => {
        isLost = false;
        await disk.saveIdentity(identity);
      },
    };
    world.server.instanceId = 'i-2';
    world.server.disown('t1');
    await world.start();
    await world.advance(2 * HEARTBEAT);
    expect(world.server.registrations.at(-1)?.instanceId).toBeUndefined();
    expect(world.machine.list()).toEqual([]);
  });
});
