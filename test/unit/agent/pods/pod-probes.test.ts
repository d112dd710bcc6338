import { describe, expect, it } from 'vitest';
import type { PodContainer } from '#core/model/pod.ts';
import { aMember, aPodSpec, aProbe, HTTP, podReport, runningNow, toldOf } from '#test/support/agent-pods.ts';
import { type AgentWorld, agentWorld } from '#test/support/agent-world.ts';

const SECOND = 1_000;
const EACH_SECOND = aProbe(HTTP, { periodSeconds: 1 });
const EXEC = { kind: 'exec', command: ['/bin/sh', '-c', 'exit 0'] } as const;

async function given(
  pod: Partial<PodContainer>,
  behaviour: Readonly<Record<string, string | number>> = {},
  grace = 30,
) {
  const world = agentWorld();
  world.server.hold(aPodSpec([aMember('app', pod, behaviour)], { terminationGracePeriodSeconds: grace }));
  const agent = await world.start();
  await world.advance(SECOND);
  return { world, agent };
}

const answers = async (world: AgentWorld, passed: boolean, ms: number, name = 'p1.1.app'): Promise<void> => {
  world.machine.answerNetwork(name, passed);
  world.machine.answer(name, passed ? 0 : 1);
  await world.advance(ms);
};

describe('agent, probes of pods', () => {
  it('a readiness probe, makes the container ready and not again, and nothing else happens to it', async () => {
    const { world } = await given({ readinessProbe: EACH_SECOND }, { READY_AFTER_MS: 3_000 });
    expect(toldOf(world, 'app')).toMatchObject({ ready: false, started: true });
    await world.advance(4 * SECOND);
    expect(toldOf(world, 'app')?.ready).toBe(true);
    await answers(world, false, 5 * SECOND);
    expect(toldOf(world, 'app')?.ready).toBe(false);
    expect(runningNow(world)).toEqual(['p1.1.app']);
    await answers(world, true, 2_500);
    expect(toldOf(world, 'app')).toMatchObject({ ready: true, restartCount: 0 });
  });

  it('readiness that goes back and forth, has a growing revision', async () => {
    const { world } = await given({ readinessProbe: { ...EACH_SECOND, failureThreshold: 1 } });
    await answers(world, false, 3 * SECOND);
    const before = podReport(world)?.revision ?? 0;
    await answers(world, true, 3 * SECOND);
    expect(podReport(world)?.revision).toBeGreaterThan(before);
  });

  it('a success threshold, asks for that many passes in a row', async () => {
    const { world } = await given({ readinessProbe: { ...EACH_SECOND, successThreshold: 3 } });
    expect(toldOf(world, 'app')?.ready).toBe(false);
    await world.advance(3 * SECOND);
    expect(toldOf(world, 'app')?.ready).toBe(true);
  });

  it('a liveness probe that fails as often as it may, ends the run and starts another', async () => {
    const { world } = await given({ livenessProbe: { ...EACH_SECOND, handler: EXEC } });
    await answers(world, false, 2 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app']);
    await world.advance(3 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app.1']);
    expect(toldOf(world, 'app')).toMatchObject({ restartCount: 1, last: { exitCode: 143 } });
  });

  it('a run that its liveness probe ends, starts again under OnFailure although it exits with 0, and never under Never', async () => {
    const failing = { livenessProbe: { ...EACH_SECOND, failureThreshold: 1 } };
    const { world } = await given({ ...failing, restartPolicy: 'OnFailure' });
    await answers(world, false, 4 * SECOND);
    expect(world.machine.counts.start).toBeGreaterThan(1);
    const never = await given({ ...failing, restartPolicy: 'Never' });
    await answers(never.world, false, 8 * SECOND);
    expect(never.world.machine.counts.start).toBe(1);
    expect(podReport(never.world)?.status).toBe('STOPPED');
  });

  it("a run that ignores SIGTERM, is killed after the probe's own grace", async () => {
    const probe = { ...EACH_SECOND, failureThreshold: 1, terminationGracePeriodSeconds: 5 };
    const { world } = await given({ livenessProbe: probe }, { IGNORE_TERM: 1 });
    await answers(world, false, 4 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app']);
    await world.advance(4 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app.1']);
    expect(toldOf(world, 'app')?.last?.exitCode).toBe(137);
  });

  it('a startup probe, holds the others back until it has passed', async () => {
    const livenessProbe = { ...EACH_SECOND, failureThreshold: 1 };
    const startupProbe = { ...EACH_SECOND, failureThreshold: 30 };
    const { world } = await given({ startupProbe, livenessProbe }, { READY_AFTER_MS: 10_000 });
    await world.advance(8 * SECOND);
    expect(toldOf(world, 'app')).toMatchObject({ started: false, ready: false, restartCount: 0 });
    await world.advance(4 * SECOND);
    expect(toldOf(world, 'app')).toMatchObject({ started: true, ready: true, restartCount: 0 });
  });

  it('a startup probe that fails as often as it may, ends the run', async () => {
    const { world } = await given(
      { startupProbe: { ...EACH_SECOND, failureThreshold: 2 } },
      { READY_AFTER_MS: 60_000 },
    );
    await world.advance(4 * SECOND);
    expect(toldOf(world, 'app')?.restartCount).toBeGreaterThan(0);
  });

  it('an initial delay, is kept before the first question', async () => {
    const { world } = await given({ livenessProbe: { ...EACH_SECOND, initialDelaySeconds: 20 } });
    const asked = world.machine.counts.run;
    await world.advance(18 * SECOND);
    expect(world.machine.counts.run).toBe(asked);
    await world.advance(2 * SECOND);
    expect(world.machine.counts.run).toBeGreaterThan(asked);
  });

  it('an agent that restarts, keeps what the readiness probe said last', async () => {
    const { world, agent } = await given({ readinessProbe: EACH_SECOND });
    await world.advance(2 * SECOND);
    await agent.stop();
    await world.start();
    await world.advance(100);
    expect(toldOf(world, 'app')?.ready).toBe(true);
  });
});
