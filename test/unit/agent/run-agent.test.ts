import { describe, expect, it } from 'vitest';
import { aContainerSpec, aSimulated, aTaskSpec } from '#test/support/agent-specs.ts';
import { agentWorld } from '#test/support/agent-world.ts';

const HEARTBEAT = 6_000;

describe('agent, running tasks', () => {
  it('an assignment, one container, runs and is reported at once', async () => {
    const world = agentWorld();
    await world.start();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.advance(HEARTBEAT);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'RUNNING', containers: [{ status: 'RUNNING' }] });
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
  });

  it('a task that runs, nothing changes, is reported once only', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.start();
    await world.advance(60_000);
    expect(world.server.reports).toHaveLength(1);
  });

  it('an essential exit, stops the other containers and the task', async () => {
    const world = agentWorld();
    const containers = [aSimulated('app', { EXIT_AFTER_MS: 2_000, EXIT_CODE: 7 }), aSimulated('side')];
    world.server.hold(aTaskSpec({ taskId: 't1', containers }));
    await world.start();
    await world.advance(3_000);
    expect(world.server.lastReport('t1')).toMatchObject({
      status: 'STOPPED',
      stop: { code: 'EssentialContainerExited', reason: 'Essential container in task exited' },
      containers: [
        { name: 'app', exitCode: 7, status: 'STOPPED' },
        { name: 'side', exitCode: 143, status: 'STOPPED' },
      ],
    });
  });

  it('a non-essential exit, leaves the task running', async () => {
    const world = agentWorld();
    const containers = [aSimulated('app'), aSimulated('init', { EXIT_AFTER_MS: 100 }, { essential: false })];
    world.server.hold(aTaskSpec({ taskId: 't1', containers }));
    await world.start();
    await world.advance(HEARTBEAT);
    expect(world.server.lastReport('t1')).toMatchObject({
      status: 'RUNNING',
      containers: [{ status: 'RUNNING' }, { status: 'STOPPED', exitCode: 0 }],
    });
  });

  it('a container that runs out of memory, says so', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1', containers: [aSimulated('app', { EXIT_AFTER_MS: 10, OOM: 1 })] }));
    await world.start();
    await world.advance(1_000);
    const [container] = world.server.lastReport('t1')?.containers ?? [];
    expect(container).toMatchObject({ exitCode: 137, reason: expect.stringMatching(/^OutOfMemoryError/) });
  });

  it.each([
    ['FAIL_PULL', 'CannotPullContainerError: no such image'],
    ['FAIL_START', 'CannotStartContainerError: no such image'],
  ])('a start that fails (%s), ends the task with the reason and leaves no container', async (variable, reason) => {
    const world = agentWorld();
    const containers = [aSimulated('first'), aSimulated('app', { [variable]: 'no such image' })];
    world.server.hold(aTaskSpec({ taskId: 't1', containers }));
    await world.start();
    await world.advance(1_000);
    expect(world.server.lastReport('t1')).toMatchObject({
      status: 'STOPPED',
      stop: { code: 'TaskFailedToStart', reason },
    });
    expect(world.machine.list()).toEqual([]);
  });

  it('a container removed behind the agent, is noticed and ends the task', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.start();
    world.machine.remove('t1.1.app');
    await world.advance(1_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED' });
  });

  it('more tasks than an agent may hold, the surplus fails to start', async () => {
    const world = agentWorld();
    for (let index = 0; index < 91; index += 1) world.server.hold(aTaskSpec({ taskId: `t${index}` }));
    await world.start();
    await world.advance(1_000);
    expect(world.machine.list()).toHaveLength(90);
    expect(world.server.lastReport('t90')).toMatchObject({ status: 'STOPPED', stop: { code: 'TaskFailedToStart' } });
  });
});

describe('agent, stop while starting (rule R9)', () => {
  it.each(['pull', 'create', 'start'] as const)('STOP during %s, waits for it and leaves nothing', async (verb) => {
    const world = agentWorld();
    world.runtime.close(verb);
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.start();
    expect(world.runtime.waiting(verb)).toBe(1);
    world.server.askToStop('t1');
    await world.advance(HEARTBEAT);
    expect(world.server.lastReport('t1')?.status).not.toBe('STOPPED');
    world.runtime.open(verb);
    await world.advance(1_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED' });
    expect(world.machine.list()).toEqual([]);
    await world.advance(60_000);
    expect(world.machine.list()).toEqual([]);
  });

  it('a container that ignores SIGTERM, is reported STOPPED only after SIGKILL', async () => {
    const world = agentWorld();
    const containers = [aSimulated('app', { IGNORE_TERM: 1 }, { stopTimeout: 30 })];
    world.server.hold(aTaskSpec({ taskId: 't1', containers }));
    await world.start();
    world.server.askToStop('t1');
    await world.advance(20_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'RUNNING', stoppingAt: expect.any(Number) });
    await world.advance(20_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED', containers: [{ exitCode: 137 }] });
  });
});

describe('agent, nothing starts twice', () => {
  it('a late answer with an older sequence, does not resurrect a stopped task (rule R7)', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.start();
    const old = { assignments: world.server.assignments([]), sequence: world.server.sequence };
    world.server.askToStop('t1');
    await world.advance(HEARTBEAT * 2);
    expect(world.machine.list()).toEqual([]);
    world.server.heartbeatAnswer = async (request) => ({
      kind: 'answered',
      answer: { ...world.server.answer(request), ...old },
    });
    await world.advance(HEARTBEAT * 2);
    expect(world.machine.counts.start).toBe(1);
  });

  it('a newer answer that names a finished task again, meets its tombstone (rule R8)', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    const agent = await world.start();
    world.server.askToStop('t1');
    await world.advance(HEARTBEAT);
    await agent.stop();
    await world.start();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.advance(HEARTBEAT * 2);
    expect(world.machine.counts.start).toBe(1);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED' });
  });

  it('a task whose container was removed while the agent was away, is not started again (rule R8)', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    const agent = await world.start();
    await agent.stop();
    world.machine.remove('t1.1.app');
    await world.start();
    await world.advance(HEARTBEAT);
    expect(world.machine.counts.start).toBe(1);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED' });
  });

  it('state that cannot be written, fails the task and starts nothing', async () => {
    const world = agentWorld();
    await world.start();
    world.disk.saveBook = async () => {
      throw new Error('no space left on device');
    };
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.advance(HEARTBEAT);
    expect(world.machine.counts.create).toBe(0);
    expect(world.server.lastReport('t1')?.stop?.reason).toMatch(/^ResourceInitializationError: no space/);
  });
});

describe('agent, restart', () => {
  it('50 running containers, are adopted without a create or a start', async () => {
    const world = agentWorld();
    for (let index = 0; index < 50; index += 1) world.server.hold(aTaskSpec({ taskId: `t${index}` }));
    const agent = await world.start();
    await world.advance(1_000);
    await agent.stop();
    const before = { ...world.machine.counts };
    expect(before.start).toBe(50);
    await world.start();
    await world.advance(30_000);
    expect(world.machine.counts).toEqual(before);
    expect(world.server.heartbeats.at(-1)?.known).toHaveLength(50);
  });

  it('task state lost, containers are rebuilt from their labels and keep running', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1', containers: [aSimulated('app'), aSimulated('side')] }));
    const agent = await world.start();
    await agent.stop();
    world.disk.loadBook = async () => undefined;
    await world.start();
    await world.advance(30_000);
    expect(world.machine.counts).toMatchObject({ create: 2, start: 2, stop: 0 });
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'RUNNING', containers: [{}, {}] });
  });

  it('a container that ended while the agent was away, is reported with its exit code', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    const agent = await world.start();
    await agent.stop();
    world.machine.exit('t1.1.app', 9);
    await world.start();
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED', containers: [{ exitCode: 9 }] });
  });

  it('an unconfirmed STOPPED report, is repeated after the restart', async () => {
    const world = agentWorld();
    world.server.acknowledging = false;
    world.server.hold(
      aTaskSpec({ taskId: 't1', containers: [aSimulated('app', { EXIT_AFTER_MS: 10, EXIT_CODE: 4 })] }),
    );
    const agent = await world.start();
    await world.advance(1_000);
    await agent.stop();
    world.server.reports.length = 0;
    world.server.acknowledging = true;
    await world.start();
    await world.advance(1_000);
    expect(world.server.lastReport('t1')).toMatchObject({ status: 'STOPPED', containers: [{ exitCode: 4 }] });
    expect(world.machine.list()).toEqual([]);
  });
});

describe('agent, containers it has no assignment for (rule R11)', () => {
  it('a disowned task, stops only after the control plane confirmed it', async () => {
    const world = agentWorld();
    world.server.hold(aTaskSpec({ taskId: 't1' }));
    await world.start();
    world.server.heartbeatAnswer = async () => ({ kind: 'unavailable', message: 'down' });
    world.server.disown('t1');
    await world.advance(600_000);
    expect(world.machine.get('t1.1.app')).toMatchObject({ state: 'running' });
    world.server.heartbeatAnswer = undefined;
    await world.advance(60_000);
    expect(world.machine.list()).toEqual([]);
    expect(world.server.heartbeats.at(-1)?.known).toEqual([]);
  });

  it('a container of another agent, is never touched', async () => {
    const world = agentWorld();
    const foreign = aContainerSpec('other', 'i-other', aSimulated('app'));
    world.machine.create(foreign);
    world.machine.start(foreign.name);
    await world.start();
    await world.advance(60_000);
    expect(world.machine.get(foreign.name)).toMatchObject({ state: 'running' });
    expect(world.server.heartbeats.at(-1)?.known).toEqual([]);
  });
});
