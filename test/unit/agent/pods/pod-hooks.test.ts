import { describe, expect, it } from 'vitest';
import { memoryDisk } from '#agent/state/memory-disk.ts';
import type { PodContainer } from '#core/model/pod.ts';
import { aMember, aPodSpec, aProbe, HTTP, podReport, runningNow, toldOf } from '#test/support/agent-pods.ts';
import { agentWorld } from '#test/support/agent-world.ts';

const SECOND = 1_000;
const shell = (line: string) => ({ kind: 'exec', command: ['/bin/sh', '-c', line] }) as const;

async function given(
  pod: Partial<PodContainer>,
  behaviour: Readonly<Record<string, string | number>> = {},
  grace = 10,
) {
  const world = agentWorld();
  world.server.hold(aPodSpec([aMember('app', pod, behaviour)], { terminationGracePeriodSeconds: grace }));
  const agent = await world.start();
  await world.advance(SECOND);
  return { world, agent };
}

describe('agent, hooks and the end of pods', () => {
  it('a postStart hook, must end before the container counts as started', async () => {
    const { world } = await given({ postStart: { kind: 'sleep', seconds: 5 }, readinessProbe: aProbe(HTTP) });
    expect(toldOf(world, 'app')).toMatchObject({ started: false, ready: false });
    await world.advance(6 * SECOND);
    expect(toldOf(world, 'app')).toMatchObject({ started: true, ready: true });
  });

  it('a postStart hook that fails, ends the run, and the next one starts by the policy', async () => {
    const { world } = await given({ postStart: shell('exit 1') });
    expect(world.machine.counts.start).toBe(2);
    expect(toldOf(world, 'app')).toMatchObject({ ready: false, started: false });
    const never = await given({ postStart: shell('exit 1'), restartPolicy: 'Never' });
    await never.world.advance(6 * SECOND);
    expect(podReport(never.world)?.status).toBe('STOPPED');
  });

  it('a postStart hook that hangs, keeps nobody from stopping the pod', async () => {
    const { world } = await given({ postStart: shell('sleep 600') });
    world.server.askToStop('p1');
    await world.advance(6 * SECOND);
    expect(podReport(world)?.status).toBe('STOPPED');
  });

  it('a preStop hook, runs before SIGTERM and inside the grace period', async () => {
    const { world } = await given({ preStop: { kind: 'sleep', seconds: 4 } }, { IGNORE_TERM: 1 });
    world.server.askToStop('p1');
    await world.advance(5_500);
    const askedAt = world.clock.now();
    await world.advance(2 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app']);
    await world.advance(9 * SECOND);
    expect(runningNow(world)).toEqual([]);
    expect((podReport(world)?.stoppedAt ?? 0) - askedAt).toBeLessThan(11 * SECOND);
  });

  it('a preStop hook that hangs, leaves the container the two seconds it always has', async () => {
    const { world } = await given({ preStop: shell('sleep 600') }, { IGNORE_TERM: 1 });
    world.server.askToStop('p1');
    await world.advance(5_500);
    await world.advance(10 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app']);
    await world.advance(3 * SECOND);
    expect(runningNow(world)).toEqual([]);
  });

  it('a deletion that names its own grace period, is given that and not the pod’s', async () => {
    const { world } = await given({}, { IGNORE_TERM: 1 }, 60);
    world.server.askToStop('p1', 4);
    await world.advance(5_500);
    const askedAt = world.clock.now();
    await world.advance(6 * SECOND);
    expect(runningNow(world)).toEqual([]);
    expect((podReport(world)?.stoppedAt ?? 0) - askedAt).toBeLessThan(5 * SECOND);
    const patient = await given({}, { IGNORE_TERM: 1 }, 60);
    patient.world.server.askToStop('p1');
    await patient.world.advance(30 * SECOND);
    expect(runningNow(patient.world)).toEqual(['p1.1.app']);
  });

  it('an agent that lost its task book, keeps a pod running, says what it sees, and can stop it', async () => {
    const { world, agent } = await given({ readinessProbe: aProbe(HTTP, { periodSeconds: 1 }) });
    world.machine.exit('p1.1.app', 1);
    await world.advance(2 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app.1']);
    await agent.stop();
    const identity = await world.disk.loadIdentity();
    world.disk = memoryDisk();
    if (identity) await world.disk.saveIdentity(identity);
    await world.start();
    await world.advance(6 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app.1']);
    expect(toldOf(world, 'app')).toMatchObject({ ready: true, restartCount: 1 });
    expect(podReport(world)?.status).toBe('RUNNING');
    world.server.askToStop('p1');
    await world.advance(10 * SECOND);
    expect(podReport(world)?.status).toBe('STOPPED');
    expect(world.machine.openPods([world.server.instanceId])).toEqual([]);
  });

  it('a pod of a lost book whose container ends, is not started again but ends, too', async () => {
    const { world, agent } = await given({});
    await agent.stop();
    const identity = await world.disk.loadIdentity();
    world.disk = memoryDisk();
    if (identity) await world.disk.saveIdentity(identity);
    await world.start();
    await world.advance(6 * SECOND);
    world.machine.exit('p1.1.app', 2);
    await world.advance(6 * SECOND);
    expect(podReport(world)).toMatchObject({
      status: 'STOPPED',
      containers: [{ pod: { terminated: { exitCode: 2 } } }],
    });
    expect(world.machine.counts.start).toBe(1);
  });

  it('what volumes hold, is not kept in the task book', async () => {
    const world = agentWorld();
    const content = Buffer.from('hunter2').toString('base64');
    const volumes = [{ name: 'token', inMemory: false, files: [{ path: 'token', content, mode: 0o400 }] }];
    world.server.hold(aPodSpec([aMember('app')], { volumes }));
    await world.start();
    await world.advance(6 * SECOND);
    expect(toldOf(world, 'app')?.ready).toBe(true);
    const book = JSON.stringify(await world.disk.loadBook());
    expect(book).toContain('"token"');
    expect(book).not.toContain(content);
    expect(JSON.stringify(world.machine.list())).not.toContain(content);
  });

  it("a pod's address, is told as soon as it has one", async () => {
    const { world } = await given({});
    expect(podReport(world)?.address).toMatch(/^10\.88\./);
  });
});
