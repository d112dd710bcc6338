import { describe, expect, it } from 'vitest';
import type { ContainerDefinition, DependencyCondition } from '#core/model/task-definition.ts';
import { aSimulated, aTaskSpec } from '#test/support/agent-specs.ts';
import { type AgentWorld, agentWorld } from '#test/support/agent-world.ts';

const HEARTBEAT = 6_000;
const CHECK = { command: ['CMD-SHELL', 'exit 0'], interval: 10, retries: 1 };

const on = (containerName: string, condition: DependencyCondition) => ({ dependsOn: [{ containerName, condition }] });

const given = async (...containers: ContainerDefinition[]): Promise<AgentWorld> => {
  const world = agentWorld();
  world.server.hold(aTaskSpec({ taskId: 't1', containers }));
  await world.start();
  await world.advance(HEARTBEAT);
  return world;
};

const state = (world: AgentWorld, name: string): string | undefined => world.machine.get(`t1.1.${name}`)?.state;
const report = (world: AgentWorld) => world.server.lastReport('t1');

describe('agent, container dependencies', () => {
  it('START, starts the other one first, whatever the order of the definition', async () => {
    const started: string[] = [];
    const world = agentWorld();
    world.machine.watch(() => {
      for (const { labels, state: phase } of world.machine.list()) {
        if (phase === 'running' && !started.includes(labels.container)) started.push(labels.container);
      }
    });
    const containers = [aSimulated('app', {}, on('proxy', 'START')), aSimulated('proxy')];
    world.server.hold(aTaskSpec({ taskId: 't1', containers }));
    await world.start();
    await world.advance(HEARTBEAT);
    expect(started).toEqual(['proxy', 'app']);
    expect(report(world)?.status).toBe('RUNNING');
  });

  it('SUCCESS, waits for the exit, and the task is PENDING until then', async () => {
    const world = await given(
      aSimulated('app', {}, on('init', 'SUCCESS')),
      aSimulated('init', { EXIT_AFTER_MS: 20_000 }, { essential: false }),
    );
    expect(state(world, 'app')).toBe('created');
    expect(report(world)?.status ?? 'PENDING').toBe('PENDING');
    await world.advance(20_000);
    expect(state(world, 'app')).toBe('running');
    expect(report(world)?.status).toBe('RUNNING');
  });

  it('SUCCESS, of one that fails, fails the task as ECS words it and says why beside the container', async () => {
    const world = await given(
      aSimulated('app', {}, on('init', 'SUCCESS')),
      aSimulated('init', { EXIT_AFTER_MS: 1_000, EXIT_CODE: 3 }, { essential: false }),
    );
    expect(report(world)).toMatchObject({
      status: 'STOPPED',
      stop: { code: 'TaskFailedToStart', reason: 'Task failed to start' },
      containers: [
        { name: 'app', reason: "not started: its dependency 'init' did not exit successfully (exit code 3)" },
        { name: 'init', exitCode: 3 },
      ],
    });
    expect(world.machine.counts.start).toBe(1);
  });

  it('COMPLETE, of one that fails, starts all the same', async () => {
    const world = await given(
      aSimulated('app', {}, on('init', 'COMPLETE')),
      aSimulated('init', { EXIT_AFTER_MS: 1_000, EXIT_CODE: 3 }, { essential: false }),
    );
    expect(state(world, 'app')).toBe('running');
  });

  it('HEALTHY, waits for the check', async () => {
    const world = await given(aSimulated('app', {}, on('db', 'HEALTHY')), aSimulated('db', {}, { healthCheck: CHECK }));
    expect(state(world, 'app')).toBe('created');
    await world.advance(5_000);
    expect(state(world, 'app')).toBe('running');
  });

  it('HEALTHY, not within the startTimeout of the other one, fails the task', async () => {
    const healthCheck = { ...CHECK, command: ['CMD-SHELL', 'exit 1'] };
    const world = await given(
      aSimulated('app', {}, on('db', 'HEALTHY')),
      aSimulated('db', {}, { healthCheck, startTimeout: 60 }),
    );
    await world.advance(50_000);
    expect(state(world, 'app')).toBe('created');
    await world.advance(10_000);
    expect(report(world)).toMatchObject({
      status: 'STOPPED',
      stop: { code: 'TaskFailedToStart', reason: 'Task failed to start' },
      containers: [{ reason: 'not started: what it depends on was not ready within its startTimeout' }, {}],
    });
  });

  it('a container that is not essential and can not start, is left out', async () => {
    const world = await given(
      aSimulated('app'),
      aSimulated('init', { EXIT_AFTER_MS: 1_000, EXIT_CODE: 3 }, { essential: false }),
      aSimulated('side', {}, { essential: false, ...on('init', 'SUCCESS') }),
      aSimulated('aside', {}, { essential: false, ...on('side', 'START') }),
    );
    expect(report(world)).toMatchObject({
      status: 'RUNNING',
      containers: [{ status: 'RUNNING' }, { status: 'STOPPED' }, { status: 'STOPPED' }, { status: 'STOPPED' }],
    });
    expect(world.machine.counts.start).toBe(2);
  });

  it('an agent that restarts while one waits, goes on waiting and starts nothing twice', async () => {
    const world = agentWorld();
    const containers = [
      aSimulated('app', {}, on('init', 'SUCCESS')),
      aSimulated('init', { EXIT_AFTER_MS: 20_000 }, { essential: false }),
    ];
    world.server.hold(aTaskSpec({ taskId: 't1', containers }));
    const agent = await world.start();
    await world.advance(HEARTBEAT);
    await agent.stop();
    await world.start();
    await world.advance(25_000);
    expect(report(world)?.status).toBe('RUNNING');
    expect(world.machine.counts).toMatchObject({ create: 2, start: 2 });
  });

  it('a stop, takes dependents first and gives each container its own time', async () => {
    const world = await given(
      aSimulated('db', {}, { stopTimeout: 5 }),
      aSimulated('app', { IGNORE_TERM: 1 }, { stopTimeout: 20, ...on('db', 'START') }),
    );
    world.server.askToStop('t1');
    await world.advance(HEARTBEAT);
    await world.advance(12_000);
    expect([state(world, 'app'), state(world, 'db')]).toEqual(['running', 'running']);
    await world.advance(10_000);
    expect(report(world)).toMatchObject({ status: 'STOPPED', containers: [{ exitCode: 143 }, { exitCode: 137 }] });
  });
});
