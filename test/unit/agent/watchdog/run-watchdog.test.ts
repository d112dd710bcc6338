import { describe, expect, it } from 'vitest';
import type { ContainerRuntime, RuntimeFactory } from '#agent/runtime/port.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import type { Deadline } from '#agent/watchdog/deadline.ts';
import { runWatchdog } from '#agent/watchdog/run-watchdog.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';
import { aContainerSpec, aSimulated } from '#test/support/agent-specs.ts';
import { steppedTime } from '#test/support/agent-stepped-time.ts';

const OWNER = 'i-mine';

/** One machine with a running watchdog; the test plays the agent. */
function watchedMachine() {
  const time = steppedTime();
  const machine = new SimulatedMachine(time.timers);
  const inner = simulatedRuntime(machine, time.timers);
  const world = {
    ...time,
    machine,
    deadline: undefined as Deadline | undefined,
    isAgentAlive: true,
    isHeldByOther: false,
    isClaimed: false,
    isOver: false,
    /** Happens while the runtime is listing. */
    onList: async (): Promise<void> => undefined,
    put: (task: string, options: { fenced: boolean; agent?: string; isRunning?: boolean }): string => {
      const spec = aContainerSpec(task, options.agent ?? OWNER, aSimulated('app', { IGNORE_TERM: 1 }));
      machine.create(options.fenced ? { ...spec, labels: { ...spec.labels, fenced: true } } : spec);
      if (options.isRunning !== false) machine.start(spec.name);
      return spec.name;
    },
    until: (at: number): Deadline => ({ boot: 'b', at, owners: [OWNER], agent: { pid: 1, startTime: '1' } }),
    start: async (): Promise<void> => {
      const wrap = (runtime: ContainerRuntime): ContainerRuntime => ({
        ...runtime,
        list: async () => {
          const listed = await runtime.list();
          await world.onList();
          return listed;
        },
      });
      const runtime: RuntimeFactory = { kind: 'simulated', open: (owners) => wrap(inner.open(owners)) };
      void runWatchdog({
        clock: time.clock,
        timers: time.timers,
        log: silentLog,
        boot: 'b',
        runtime,
        readDeadline: async () => world.deadline,
        readOwners: async () => [OWNER],
        isAlive: async () => world.isAgentAlive,
        claim: {
          hold: async () => {
            if (!world.isHeldByOther) world.isClaimed = true;
            return !world.isHeldByOther;
          },
          release: async () => {
            world.isClaimed = false;
          },
        },
        tick: 500,
        linger: 20_000,
      }).then(() => {
        world.isOver = true;
      });
      await time.settle();
    },
  };
  return world;
}

describe('watchdog', () => {
  it('deadline ahead, leaves everything as it is and asks the engine nothing', async () => {
    const world = watchedMachine();
    const name = world.put('t1', { fenced: true });
    world.deadline = world.until(60_000);
    world.onList = async () => {
      throw new Error('listed');
    };
    await world.start();
    await world.advance(59_000);
    expect(world.machine.get(name)).toMatchObject({ state: 'running' });
    expect(world.machine.counts.stop).toBe(0);
  });

  it('deadline passed, kills within a tick without grace, and removes what could still start', async () => {
    const world = watchedMachine();
    const running = world.put('t1', { fenced: true });
    const created = world.put('t2', { fenced: true, isRunning: false });
    world.deadline = world.until(10_200);
    await world.start();
    await world.advance(10_100);
    expect(world.machine.get(running)).toMatchObject({ state: 'running' });
    await world.advance(600);
    expect(world.machine.get(running)).toMatchObject({ state: 'exited', exitCode: 137 });
    expect(world.machine.get(created)).toBeUndefined();
  });

  it('deadline passed, a container that starts late, is ended by a later tick', async () => {
    const world = watchedMachine();
    world.put('t1', { fenced: true });
    world.deadline = world.until(1_000);
    await world.start();
    await world.advance(5_000);
    const late = world.put('t2', { fenced: true });
    await world.advance(500);
    expect(world.machine.get(late)).toMatchObject({ state: 'exited' });
  });

  it('deadline passed, containers that are not fenced or not ours, are never touched', async () => {
    const world = watchedMachine();
    const free = world.put('t1', { fenced: false });
    const foreign = world.put('t2', { fenced: true, agent: 'i-other' });
    const waiting = world.put('t3', { fenced: true, agent: 'i-other', isRunning: false });
    world.deadline = world.until(0);
    await world.start();
    await world.advance(5_000);
    expect([free, foreign, waiting].map((name) => world.machine.get(name)?.state)).toEqual([
      'running',
      'running',
      'created',
    ]);
  });

  it('no deadline to read, counts as passed for the owners the identity names', async () => {
    const world = watchedMachine();
    const name = world.put('t1', { fenced: true });
    await world.start();
    await world.advance(1);
    expect(world.machine.get(name)).toMatchObject({ state: 'exited' });
  });

  it('a deadline that becomes unreadable, counts as passed for the owners it named', async () => {
    const world = watchedMachine();
    const name = world.put('t1', { fenced: true });
    world.deadline = world.until(60_000);
    await world.start();
    world.deadline = undefined;
    await world.advance(500);
    expect(world.machine.get(name)).toMatchObject({ state: 'exited' });
  });

  it('the deadline moves on while the engine lists, spares what started since', async () => {
    const world = watchedMachine();
    world.deadline = world.until(0);
    world.onList = async () => {
      world.deadline = world.until(60_000);
    };
    const name = world.put('t1', { fenced: true });
    await world.start();
    await world.advance(2_000);
    expect(world.machine.get(name)).toMatchObject({ state: 'running' });
  });

  it('an engine that hangs, does not keep it from looking again', async () => {
    const world = watchedMachine();
    const name = world.put('t1', { fenced: true });
    world.deadline = world.until(0);
    world.onList = () => new Promise(() => undefined);
    await world.start();
    world.onList = async () => undefined;
    await world.advance(6_000);
    expect(world.machine.get(name)).toMatchObject({ state: 'exited' });
  });

  it('the agent dies with the deadline ahead, stays until the deadline and then ends itself', async () => {
    const world = watchedMachine();
    const name = world.put('t1', { fenced: true });
    world.deadline = world.until(8_000);
    world.isAgentAlive = false;
    await world.start();
    await world.advance(7_000);
    expect(world.isOver).toBe(false);
    await world.advance(2_500);
    expect(world.machine.get(name)).toMatchObject({ state: 'exited' });
    expect([world.isOver, world.isClaimed]).toEqual([true, false]);
  });

  it('nothing to guard while the agent lives, lingers and then ends itself', async () => {
    const world = watchedMachine();
    world.deadline = world.until(0);
    await world.start();
    await world.advance(19_000);
    expect(world.isOver).toBe(false);
    await world.advance(2_000);
    expect([world.isOver, world.isClaimed]).toEqual([true, false]);
  });

  it('a container that slips in while it leaves, makes it stay', async () => {
    const world = watchedMachine();
    world.deadline = world.until(0);
    world.isAgentAlive = false;
    let looks = 0;
    world.onList = async () => {
      looks += 1;
      // After the first look listed nothing.
      if (looks === 1) world.put('t1', { fenced: true, isRunning: false });
    };
    await world.start();
    await world.advance(400);
    expect(world.isOver).toBe(false);
    await world.advance(200);
    expect(world.isClaimed || world.isOver).toBe(true);
    expect(world.machine.list()).toEqual([]);
  });

  it('another watchdog has the claim, leaves at once', async () => {
    const world = watchedMachine();
    world.isHeldByOther = true;
    await world.start();
    expect(world.isOver).toBe(true);
  });
});
