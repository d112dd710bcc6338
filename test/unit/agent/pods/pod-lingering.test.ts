import { describe, expect, it } from 'vitest';
import { aMember, aPodSpec, podReport } from '#test/support/agent-pods.ts';
import { agentWorld } from '#test/support/agent-world.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const BRIEF = { EXIT_AFTER_MS: 1_000 };

describe('agent, pods that have ended', () => {
  it('a pod that ended by itself, keeps its containers for an hour, and the control plane hears of it no more', async () => {
    const world = agentWorld();
    world.server.hold(aPodSpec([aMember('app', { restartPolicy: 'Never' }, BRIEF)]));
    const agent = await world.start();
    await world.advance(20 * SECOND);
    expect(podReport(world)?.status).toBe('STOPPED');
    expect(world.machine.list().map(({ name }) => name)).toEqual(['p1.1.app']);
    expect(world.machine.openPods([world.server.instanceId])).toEqual([]);
    expect(world.server.heartbeats.at(-1)?.known).toEqual([]);
    await agent.stop();
    await world.start();
    await world.advance(30 * MINUTE);
    expect(world.machine.list()).toHaveLength(1);
    await world.advance(31 * MINUTE);
    expect(world.machine.list()).toEqual([]);
    expect((await world.disk.loadBook())?.tasks).toEqual([]);
  });

  it('more of them than a machine keeps, go oldest first', async () => {
    const world = agentWorld();
    await world.start();
    for (let at = 0; at < 60; at += 1) {
      const containers = [aMember('app', { restartPolicy: 'Never' }, BRIEF)];
      world.server.hold(aPodSpec(containers, {}, { taskId: `p${at}` }));
      await world.advance(10 * SECOND);
    }
    await world.advance(20 * SECOND);
    const names = world.machine.list().map(({ name }) => name);
    expect(names).toHaveLength(50);
    expect(names).toContain('p59.1.app');
    expect(names).not.toContain('p0.1.app');
  });

  it('a pod that was stopped, leaves nothing', async () => {
    const world = agentWorld();
    world.server.hold(aPodSpec([aMember('app')]));
    await world.start();
    await world.advance(SECOND);
    world.server.askToStop('p1');
    await world.advance(20 * SECOND);
    expect(world.machine.list()).toEqual([]);
  });
});
