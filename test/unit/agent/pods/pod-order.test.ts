import { describe, expect, it } from 'vitest';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { aMember, aPodSpec, aProbe, HTTP, podReport, runningNow, toldOf } from '#test/support/agent-pods.ts';
import { type AgentWorld, agentWorld } from '#test/support/agent-world.ts';

const SECOND = 1_000;
const BRIEF = { EXIT_AFTER_MS: 2_000 };

async function given(containers: readonly ContainerDefinition[], grace = 30): Promise<AgentWorld> {
  const world = agentWorld();
  world.server.hold(aPodSpec(containers, { terminationGracePeriodSeconds: grace }));
  await world.start();
  await world.advance(SECOND);
  return world;
}

describe('agent, order of the containers of a pod', () => {
  it('init containers, run one after the other before any main starts', async () => {
    const world = await given([
      aMember('a', { role: 'init' }, BRIEF),
      aMember('b', { role: 'init' }, BRIEF),
      aMember('app'),
    ]);
    expect(runningNow(world)).toEqual(['p1.1.a']);
    await world.advance(2 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.b']);
    await world.advance(3 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app']);
    expect(podReport(world)).toMatchObject({
      status: 'RUNNING',
      containers: [
        { pod: { ready: true, terminated: { exitCode: 0, reason: 'Completed' } } },
        { pod: { ready: true } },
        { pod: { ready: true, started: true } },
      ],
    });
  });

  it('a pod that is still at its init containers, says who waits for whom', async () => {
    const world = await given([aMember('a', { role: 'init' }, { EXIT_AFTER_MS: 1, EXIT_CODE: 1 }), aMember('app')]);
    await world.advance(2 * SECOND);
    expect(podReport(world)?.status).toBe('PENDING');
    expect(toldOf(world, 'a')).toMatchObject({ restartCount: 1, waiting: { reason: 'CrashLoopBackOff' } });
    expect(toldOf(world, 'app')?.waiting).toEqual({ reason: 'PodInitializing' });
  });

  it('an init container that fails under Never, fails the pod, whose mains never run', async () => {
    const world = await given([
      aMember('a', { role: 'init', restartPolicy: 'Never' }, { ...BRIEF, EXIT_CODE: 4 }),
      aMember('app', { restartPolicy: 'Never' }),
    ]);
    await world.advance(10 * SECOND);
    expect(podReport(world)).toMatchObject({
      status: 'STOPPED',
      stop: { reason: "Init container 'a' ended with 4" },
      containers: [
        { pod: { ready: false, terminated: { exitCode: 4 } } },
        { pod: { waiting: { reason: 'PodInitializing' } } },
      ],
    });
    expect(world.machine.counts.start).toBe(1);
  });

  it('an init container that ends well under Always, does not run again', async () => {
    const world = await given([aMember('a', { role: 'init' }, { EXIT_AFTER_MS: 1 }), aMember('app')]);
    await world.advance(60 * SECOND);
    expect(world.machine.counts.start).toBe(2);
  });

  it('a sidecar, starts in its place and keeps the next one waiting until its startup probe passes', async () => {
    const startupProbe = aProbe(HTTP, { periodSeconds: 1, failureThreshold: 30 });
    const world = await given([
      aMember('mesh', { role: 'sidecar', startupProbe }, { READY_AFTER_MS: 5_000 }),
      aMember('a', { role: 'init' }, BRIEF),
      aMember('app'),
    ]);
    await world.advance(SECOND);
    expect(runningNow(world)).toEqual(['p1.1.mesh']);
    expect(toldOf(world, 'mesh')?.started).not.toBe(true);
    await world.advance(3 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.a', 'p1.1.mesh']);
    await world.advance(3 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app', 'p1.1.mesh']);
  });

  it('a sidecar that ends, starts again whatever the pod says, and ends with the last main', async () => {
    const world = await given([
      aMember('mesh', { role: 'sidecar', restartPolicy: 'Always' }),
      aMember('app', { restartPolicy: 'Never' }),
    ]);
    world.machine.exit('p1.1.mesh', 0);
    await world.advance(SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app', 'p1.1.mesh.1']);
    world.machine.exit('p1.1.app', 0);
    await world.advance(SECOND);
    expect(runningNow(world)).toEqual([]);
    await world.advance(5 * SECOND);
    expect(podReport(world)).toMatchObject({
      status: 'STOPPED',
      containers: [{ pod: { terminated: { exitCode: 143 } } }, {}],
    });
  });

  it('a pod that is stopped, ends its mains first and its sidecars in reverse', async () => {
    const world = await given(
      [
        aMember('one', { role: 'sidecar' }),
        aMember('two', { role: 'sidecar' }),
        aMember('app', {}, { IGNORE_TERM: 1 }),
      ],
      10,
    );
    world.server.askToStop('p1');
    await world.advance(8 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app', 'p1.1.one', 'p1.1.two']);
    const ended: string[] = [];
    const unwatch = world.machine.watch(() => {
      for (const { name, state } of world.machine.list())
        if (state === 'exited' && !ended.includes(name)) ended.push(name);
    });
    await world.advance(10 * SECOND);
    unwatch();
    expect(ended).toEqual(['p1.1.app', 'p1.1.two', 'p1.1.one']);
  });

  it('a pod that is stopped at its init containers, starts nothing more', async () => {
    const world = await given([aMember('a', { role: 'init' }), aMember('app')]);
    world.server.askToStop('p1');
    await world.advance(10 * SECOND);
    expect(podReport(world)?.status).toBe('STOPPED');
    expect(world.machine.counts.start).toBe(1);
  });

  it('an agent that restarts between the init containers, goes on where it was', async () => {
    const world = agentWorld();
    world.server.hold(
      aPodSpec([aMember('a', { role: 'init' }, BRIEF), aMember('b', { role: 'init' }, BRIEF), aMember('app')]),
    );
    const agent = await world.start();
    await world.advance(SECOND);
    await agent.stop();
    await world.advance(4 * SECOND);
    await world.start();
    await world.advance(SECOND);
    expect(runningNow(world)).toEqual(['p1.1.b']);
    await world.advance(5 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app']);
    expect(world.machine.counts.start).toBe(3);
  });
});
