import { describe, expect, it } from 'vitest';
import type { ContainerDefinition, RestartPolicy } from '#core/model/task-definition.ts';
import { aSimulated, aTaskSpec } from '#test/support/agent-specs.ts';
import { type AgentWorld, agentWorld } from '#test/support/agent-world.ts';

const HEARTBEAT = 6_000;
const MINUTE = 60_000;
const POLICY: RestartPolicy = { enabled: true, restartAttemptPeriod: 60 };
const CHECK = { command: ['CMD-SHELL', 'exit 0'], interval: 10, retries: 1 };

const given = async (app: Partial<ContainerDefinition>, ...more: ContainerDefinition[]): Promise<AgentWorld> => {
  const world = agentWorld();
  world.server.hold(aTaskSpec({ taskId: 't1', containers: [aSimulated('app', {}, app), ...more] }));
  await world.start();
  await world.advance(HEARTBEAT);
  return world;
};

const crash = async (world: AgentWorld, exitCode = 1): Promise<void> => {
  world.machine.exit('t1.1.app', exitCode);
  await world.advance(HEARTBEAT);
};

const report = (world: AgentWorld) => world.server.lastReport('t1');

describe('agent, restart policy', () => {
  it('an essential container that ran long enough, starts again inside its task, which stays RUNNING', async () => {
    const world = await given({ restartPolicy: POLICY });
    await world.advance(MINUTE);
    await crash(world);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
    expect(world.machine.counts).toMatchObject({ create: 2, start: 2 });
    expect(world.server.reports.map(({ status }) => status)).not.toContain('STOPPED');
    expect(report(world)?.containers[0]).not.toHaveProperty('exitCode');
  });

  it('a second end too soon after the restart, ends the task', async () => {
    const world = await given({ restartPolicy: POLICY });
    await world.advance(MINUTE);
    await crash(world);
    await world.advance(30_000);
    await crash(world, 9);
    expect(report(world)).toMatchObject({
      status: 'STOPPED',
      stop: { code: 'EssentialContainerExited' },
      containers: [{ exitCode: 9 }],
    });
  });

  it.each<[string, RestartPolicy | undefined, number, number]>([
    ['no policy', undefined, 400, 1],
    ['a policy that is off', { ...POLICY, enabled: false }, 400, 1],
    ['an end before its period', POLICY, 30, 1],
    ['an end before the period of 300 s that ECS assumes', { enabled: true }, 250, 1],
    ['an exit code it ignores', { ...POLICY, ignoredExitCodes: [0, 4] }, 400, 4],
  ])('%s, ends the task', async (_situation, restartPolicy, seconds, exitCode) => {
    const world = await given(restartPolicy ? { restartPolicy } : {});
    await world.advance(seconds * 1_000);
    await crash(world, exitCode);
    expect(report(world)).toMatchObject({ status: 'STOPPED', stop: { code: 'EssentialContainerExited' } });
    expect(world.machine.counts.start).toBe(1);
  });

  it('a stop that was asked for, is no reason to start again', async () => {
    const world = await given({ restartPolicy: POLICY });
    await world.advance(MINUTE);
    world.server.askToStop('t1');
    await world.advance(HEARTBEAT);
    expect(report(world)?.status).toBe('STOPPED');
    expect(world.machine.counts.start).toBe(1);
  });

  it('a container with a check, is UNKNOWN again after its restart', async () => {
    const world = await given({ restartPolicy: POLICY, healthCheck: CHECK });
    await world.advance(MINUTE);
    expect(report(world)?.healthStatus).toBe('HEALTHY');
    await crash(world);
    expect(report(world)?.healthStatus).toBe('UNKNOWN');
    await world.advance(10_000);
    expect(report(world)?.healthStatus).toBe('HEALTHY');
  });

  it('an agent that restarted meanwhile, knows how long the container has run', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1', containers: [aSimulated('app', {}, { restartPolicy: POLICY })] }));
    const agent = await world.start();
    await world.advance(MINUTE - 10_000);
    await agent.stop();
    await world.start();
    await world.advance(15_000);
    await crash(world);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
  });
});
