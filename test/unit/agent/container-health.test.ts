import { describe, expect, it } from 'vitest';
import type { RuntimeFactory } from '#agent/runtime/port.ts';
import { RuntimeFault } from '#agent/runtime/runtime-fault.ts';
import { memoryDisk } from '#agent/state/memory-disk.ts';
import type { HealthCheck } from '#core/model/task-definition.ts';
import { aSimulated, aTaskSpec } from '#test/support/agent-specs.ts';
import { type AgentWorld, agentWorld } from '#test/support/agent-world.ts';

const HEARTBEAT = 6_000;
const CHECK: HealthCheck = { command: ['CMD-SHELL', 'exit 0'], interval: 10, retries: 2 };
const FAILING: HealthCheck = { ...CHECK, command: ['CMD-SHELL', 'exit 1'] };

const running = async (world: AgentWorld, healthCheck: HealthCheck, side?: HealthCheck): Promise<void> => {
  const containers = [
    aSimulated('app', {}, { healthCheck }),
    ...(side ? [aSimulated('side', {}, { essential: false, healthCheck: side })] : []),
  ];
  world.server.hold(aTaskSpec({ taskId: 't1', containers }));
  await world.start();
  await world.advance(HEARTBEAT);
};

const health = (world: AgentWorld): string | undefined => world.server.lastReport('t1')?.healthStatus;

describe('agent, health checks', () => {
  it('a check that passes, is reported HEALTHY at once, and then never again', async () => {
    const world = agentWorld();
    await running(world, CHECK);
    expect(health(world)).toBe('UNKNOWN');
    await world.advance(4_200);
    expect(world.server.lastReport('t1')).toMatchObject({
      status: 'RUNNING',
      healthStatus: 'HEALTHY',
      containers: [{ healthStatus: 'HEALTHY' }],
    });
    const told = world.server.reports.length;
    await world.advance(300_000);
    expect(world.server.reports).toHaveLength(told);
  });

  it('a check that fails as often as it may, is UNHEALTHY, and the task runs on', async () => {
    const world = agentWorld();
    await running(world, FAILING);
    await world.advance(5_000);
    expect(health(world)).toBe('UNKNOWN');
    await world.advance(10_000);
    expect(health(world)).toBe('UNHEALTHY');
    await world.advance(600_000);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
  });

  it('a check that recovers, is HEALTHY again', async () => {
    const world = agentWorld();
    await running(world, FAILING);
    await world.advance(20_000);
    world.machine.answer('t1.1.app', 0);
    await world.advance(10_000);
    expect(health(world)).toBe('HEALTHY');
  });

  it('a check that never ends, fails', async () => {
    const world = agentWorld();
    await running(world, { ...CHECK, command: ['CMD', 'sleep', '600'], timeout: 3 });
    await world.advance(26_000);
    expect(health(world)).toBe('UNHEALTHY');
  });

  it('an engine that can not run the check, says nothing about the container', async () => {
    const world = agentWorld();
    const open: RuntimeFactory['open'] = (owners) => ({
      ...world.runtime.factory.open(owners),
      exec: () => Promise.reject(new RuntimeFault('ContainerRuntimeTimeoutError', 'no answer')),
    });
    world.server.hold(aTaskSpec({ taskId: 't1', containers: [aSimulated('app', {}, { healthCheck: CHECK })] }));
    await world.start({ kind: 'simulated', open });
    await world.advance(300_000);
    expect(world.server.reports).toMatchObject([{ status: 'RUNNING', healthStatus: 'UNKNOWN' }]);
  });

  it('a container that is not essential, has its own health and changes nothing about the task', async () => {
    const world = agentWorld();
    await running(world, CHECK, FAILING);
    await world.advance(30_000);
    expect(world.server.lastReport('t1')).toMatchObject({
      healthStatus: 'HEALTHY',
      containers: [{ healthStatus: 'HEALTHY' }, { healthStatus: 'UNHEALTHY' }],
    });
  });

  it('a task without checks, says nothing about health', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.start();
    await world.advance(HEARTBEAT);
    expect(world.server.lastReport('t1')).not.toHaveProperty('healthStatus');
    expect(world.server.lastReport('t1')?.containers[0]).not.toHaveProperty('healthStatus');
  });

  it('an agent that restarts, keeps what the check said last and goes on asking', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1', containers: [aSimulated('app', {}, { healthCheck: CHECK })] }));
    const agent = await world.start();
    await world.advance(15_000);
    await agent.stop();
    await world.start();
    await world.advance(HEARTBEAT);
    expect(health(world)).toBe('HEALTHY');
    world.machine.answer('t1.1.app', 1);
    await world.advance(25_000);
    expect(health(world)).toBe('UNHEALTHY');
  });

  it('an agent that lost its task book, says nothing of health until it has asked again', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1', containers: [aSimulated('app', {}, { healthCheck: CHECK })] }));
    const agent = await world.start();
    await world.advance(15_000);
    expect(health(world)).toBe('HEALTHY');
    await agent.stop();
    const identity = await world.disk.loadIdentity();
    world.disk = memoryDisk();
    if (identity) await world.disk.saveIdentity(identity);
    await world.start();
    await world.advance(HEARTBEAT);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'RUNNING' });
    expect(world.server.lastReport('t1')).not.toHaveProperty('healthStatus');
    world.machine.answer('t1.1.app', 1);
    await world.advance(25_000);
    expect(health(world)).toBe('UNHEALTHY');
  });

  it('a task that is stopped, is asked no more', async () => {
    const world = agentWorld();
    await running(world, CHECK);
    world.runtime.close('stop');
    world.server.askToStop('t1');
    await world.advance(HEARTBEAT);
    const asked = world.machine.counts.run;
    await world.advance(60_000);
    expect(world.machine.counts.run).toBe(asked);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
    world.runtime.open('stop');
  });
});
