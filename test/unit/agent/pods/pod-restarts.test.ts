import { describe, expect, it } from 'vitest';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import type { PodContainer } from '#core/model/pod.ts';
import { aMember, aPodSpec, podReport, runningNow, toldOf } from '#test/support/agent-pods.ts';
import { type AgentWorld, agentWorld } from '#test/support/agent-world.ts';

const HEARTBEAT = 6_000;
const SECOND = 1_000;
const MINUTE = 60_000;

async function given(pod: Partial<PodContainer>, behaviour: Readonly<Record<string, string | number>> = {}) {
  const world = agentWorld();
  world.server.hold(aPodSpec([aMember('app', pod, behaviour)]));
  const agent = await world.start();
  await world.advance(SECOND);
  return { world, agent };
}

const crash = async (world: AgentWorld, run: number, exitCode = 1): Promise<void> => {
  world.machine.exit(run === 0 ? 'p1.1.app' : `p1.1.app.${run}`, exitCode);
  await world.advance(1_100);
};

describe('agent, restarts of pods', () => {
  it('a container that ends under Always, starts again at once as another run, and the pod stays', async () => {
    const { world } = await given({});
    await crash(world, 0, 0);
    expect(runningNow(world)).toEqual(['p1.1.app.1']);
    expect(podReport(world)).toMatchObject({ status: 'RUNNING' });
    expect(toldOf(world, 'app')).toMatchObject({
      ready: true,
      started: true,
      restartCount: 1,
      last: { exitCode: 0, reason: 'Completed' },
    });
  });

  it('a second end soon after, waits 10 s in CrashLoopBackOff, and a third one 20 s', async () => {
    const { world } = await given({});
    await crash(world, 0);
    await crash(world, 1);
    expect(runningNow(world)).toEqual([]);
    expect(toldOf(world, 'app')).toMatchObject({
      ready: false,
      restartCount: 1,
      waiting: { reason: 'CrashLoopBackOff', message: expect.stringContaining('back-off 10s') },
      last: { exitCode: 1, reason: 'Error' },
    });
    await world.advance(8 * SECOND);
    expect(runningNow(world)).toEqual([]);
    await world.advance(SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app.2']);
    await crash(world, 2);
    expect(toldOf(world, 'app')?.waiting?.message).toContain('back-off 20s');
    await world.advance(18 * SECOND);
    expect(runningNow(world)).toEqual([]);
    await world.advance(SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app.3']);
  });

  it('a run of ten minutes, makes the next restart an immediate one again', async () => {
    const { world } = await given({});
    await crash(world, 0);
    await crash(world, 1);
    await world.advance(10 * SECOND);
    await world.advance(10 * MINUTE);
    await crash(world, 2);
    expect(runningNow(world)).toEqual(['p1.1.app.3']);
  });

  it('the run before, is kept for its logs, and the one before that is removed', async () => {
    const { world } = await given({});
    await crash(world, 0);
    expect(world.machine.list().map(({ name }) => name)).toEqual(['p1.1.app', 'p1.1.app.1']);
    await crash(world, 1);
    await world.advance(10 * SECOND);
    expect(world.machine.list().map(({ name }) => name)).toEqual(['p1.1.app.1', 'p1.1.app.2']);
  });

  it.each([
    ['Never', 0],
    ['Never', 1],
    ['OnFailure', 0],
  ] as const)('under %s an exit with %i, ends the pod with the container', async (restartPolicy, exitCode) => {
    const { world } = await given({ restartPolicy });
    await crash(world, 0, exitCode);
    expect(podReport(world)).toMatchObject({
      status: 'STOPPED',
      stop: { code: 'EssentialContainerExited' },
      containers: [{ exitCode, pod: { ready: false, restartCount: 0, terminated: { exitCode } } }],
    });
    expect(world.machine.counts.start).toBe(1);
  });

  it('a pod of several containers under Never, ends with the last of them, whatever the first did', async () => {
    const world = agentWorld();
    world.server.hold(
      aPodSpec([aMember('app', { restartPolicy: 'Never' }), aMember('two', { restartPolicy: 'Never' })]),
    );
    await world.start();
    await world.advance(SECOND);
    await crash(world, 0);
    expect(podReport(world)?.status).toBe('RUNNING');
    expect(runningNow(world)).toEqual(['p1.1.two']);
    world.machine.exit('p1.1.two', 0);
    await world.advance(HEARTBEAT);
    expect(podReport(world)?.status).toBe('STOPPED');
  });

  it('under OnFailure an exit with 1, starts again', async () => {
    const { world } = await given({ restartPolicy: 'OnFailure' });
    await crash(world, 0);
    expect(runningNow(world)).toEqual(['p1.1.app.1']);
  });

  it('a container that fails without last words, is quoted from its logs when it asks for that', async () => {
    const policy = { restartPolicy: 'Never', terminationMessagePolicy: 'FallbackToLogsOnError' } as const;
    const { world } = await given(policy, { OUTPUT: 'no database' });
    await crash(world, 0, 1);
    expect(toldOf(world, 'app')?.terminated?.message).toContain('no database');
    const well = await given(policy, { OUTPUT: 'all done' });
    await crash(well.world, 0, 0);
    expect(toldOf(well.world, 'app')?.terminated).not.toHaveProperty('message');
  });

  it('a container killed for its memory, says so', async () => {
    const { world } = await given({ restartPolicy: 'Never' });
    world.machine.exit('p1.1.app', 137, true);
    await world.advance(HEARTBEAT);
    expect(toldOf(world, 'app')?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  it('an agent that restarts during a back-off, waits for the rest of it and counts on', async () => {
    const { world, agent } = await given({});
    await crash(world, 0);
    await crash(world, 1);
    await agent.stop();
    await world.start();
    await world.advance(7 * SECOND);
    expect(runningNow(world)).toEqual([]);
    expect(toldOf(world, 'app')).toMatchObject({ restartCount: 1, waiting: { reason: 'CrashLoopBackOff' } });
    await world.advance(3 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app.2']);
    await crash(world, 2);
    expect(toldOf(world, 'app')?.waiting?.message).toContain('back-off 20s');
  });

  it('a container that ended while its agent was away, is taken for ended and starts again', async () => {
    const { world, agent } = await given({});
    await agent.stop();
    world.machine.exit('p1.1.app', 3);
    await world.start();
    await world.advance(HEARTBEAT);
    expect(runningNow(world)).toEqual(['p1.1.app.1']);
    expect(toldOf(world, 'app')?.last).toMatchObject({ exitCode: 3 });
  });

  it('a container somebody removed, counts as a run that ended', async () => {
    const { world } = await given({ restartPolicy: 'Never' });
    world.machine.remove('p1.1.app');
    await world.advance(HEARTBEAT);
    expect(podReport(world)).toMatchObject({
      status: 'STOPPED',
      containers: [{ pod: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }],
    });
  });

  it('a container that can not be started, waits and tries again as another run', async () => {
    const { world } = await given({}, { FAIL_START: 'no such program' });
    expect(runningNow(world)).toEqual([]);
    expect(toldOf(world, 'app')).toMatchObject({
      restartCount: 0,
      waiting: { reason: 'CrashLoopBackOff' },
      last: { exitCode: 128, reason: 'StartError', message: 'no such program' },
    });
    expect(world.machine.list()).toEqual([]);
  });

  it('an image that can not be pulled, keeps the container waiting and the pod alive', async () => {
    const { world } = await given({}, { FAIL_PULL: 'nobody has it' });
    expect(podReport(world)).toMatchObject({ status: 'PENDING' });
    expect(toldOf(world, 'app')?.waiting).toEqual({ reason: 'ErrImagePull', message: 'nobody has it' });
    await world.advance(11 * SECOND);
    expect(toldOf(world, 'app')?.waiting?.reason).toBe('ImagePullBackOff');
    await world.advance(10 * MINUTE);
    expect(podReport(world)?.status).toBe('PENDING');
  });

  it('a crash loop, is told at a steady pace and settles down', async () => {
    const { world } = await given({}, { EXIT_AFTER_MS: 5, EXIT_CODE: 1 });
    await world.advance(MINUTE);
    const first = world.server.heartbeats.length;
    expect(first).toBeLessThan(30);
    await world.advance(10 * MINUTE);
    const regular = (10 * MINUTE) / (5 * SECOND);
    expect(world.server.heartbeats.length - first).toBeLessThan(regular * 1.2 + 10);
    expect(toldOf(world, 'app')?.restartCount).toBeGreaterThan(4);
  });

  it('a pod that is to stop during its back-off, stops at once', async () => {
    const { world } = await given({});
    await crash(world, 0);
    await crash(world, 1);
    world.server.askToStop('p1');
    await world.advance(HEARTBEAT);
    expect(podReport(world)?.status).toBe('STOPPED');
    await world.advance(MINUTE);
    expect(world.machine.list()).toEqual([]);
    expect(world.machine.openPods([world.server.instanceId])).toEqual([]);
  });

  it.each([
    ['Never', [], 'STOPPED'],
    ['Always', ['p1.1.app.1'], 'RUNNING'],
  ] as const)(
    'a create whose outcome an agent never learned, counts as a run under %s',
    async (restartPolicy, up, status) => {
      const world = agentWorld();
      world.server.hold(aPodSpec([aMember('app', { restartPolicy })]));
      world.runtime.close('create');
      const agent = await world.start();
      await world.advance(SECOND);
      expect(world.runtime.waiting('create')).toBe(1);
      await agent.stop();
      await world.start(simulatedRuntime(world.machine, world.timers));
      await world.advance(HEARTBEAT);
      expect(runningNow(world)).toEqual(up);
      expect(podReport(world)?.status).toBe(status);
      const { last, terminated } = toldOf(world, 'app') ?? {};
      expect(last ?? terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
      world.runtime.open('create');
      await world.advance(60_000);
      expect(runningNow(world)).toEqual(up);
    },
  );
});
