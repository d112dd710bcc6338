import { tasks } from '#control/records.ts';
import { isPut, writtenValue } from '../mutants/written.ts';
import { GO, type PortCall } from '../ports/port-call.ts';
import { type Directed, HeldTransactions, type Stage } from './stage.ts';

const ROLLING = { minimumHealthyPercent: 100, maximumPercent: 200 };

/** Ends one running container of a task, as its own crash does. */
function crash(stage: Stage, task: string): void {
  const container = [...stage.sim.oracles.machines.running.values()].find((one) => one.task === task);
  stage.sim.oracles.machines.byNemesis(() => container?.agent.machine.exit(container.name, 1));
}

const newest = (stage: Stage, name: string): readonly string[] => {
  const { services, tasks: known } = stage.sim.oracles.committed;
  const deployment = services.get(name)?.deployment.id;
  return stage.running(`service:${name}`).filter((task) => known.get(task)?.slot?.deployment === deployment);
};

/** R18: what a rolling update relies on when it stops an old task crashes before the stop commits. */
export const crashDuringHealthyStop: Directed = {
  name: 'crash during a healthy stop',
  agents: 4,
  play: () => {
    const stops = new HeldTransactions();
    return {
      wiring: stops.wiring,
      run: async (stage) => {
        await stage.run(10_000);
        // So high a minimum keeps the old tasks until an update lowers it: then a stop relies on slots it does not write.
        stage.operator.create('web', 2, { minimumHealthyPercent: 200, maximumPercent: 200 });
        await stage.settled();
        stage.operator.update('web', { forceNewDeployment: true });
        await stage.until('old and new tasks run', () => stage.running('service:web').length === 4);
        await stage.run(5_000);
        const { committed } = stage.sim.oracles;
        stops.hold((writes) =>
          writes
            .filter(isPut(tasks.kind))
            .some((write) => writtenValue(tasks, write).stop?.code === 'ServiceSchedulerInitiated'),
        );
        stage.operator.update('web', ROLLING);
        await stage.until('old tasks about to stop', () => stops.isHolding);
        // A machine that also holds an old task would end the stop by its reservation's version.
        const old = stage.running('service:web').filter((task) => !newest(stage, 'web').includes(task));
        const machines = new Set(old.map((task) => committed.tasks.get(task)?.assignment?.instanceId));
        const relied = newest(stage, 'web').filter(
          (task) => !machines.has(committed.tasks.get(task)?.assignment?.instanceId),
        );
        await stage.until('a new task apart from the old ones', () => relied.length > 0);
        // Nobody else looks at the service meanwhile: its state's version would move, and that alone ends the stop.
        const isForService = ({ port, detail }: PortCall) => port === 'event' && detail === 'observation for service';
        stage.sim.context.seam.plan = (call) => (isForService(call) ? { kind: 'delay', ms: 15_000 } : GO);
        for (const task of relied) crash(stage, task);
        await stage.until('the crash is known', () =>
          relied.every((task) => committed.observations.get(task)?.status === 'STOPPED'),
        );
        stops.release();
        await stage.run(5_000);
        await stage.settled();
      },
    };
  },
};

/** Crashes whatever the service starts until so many of its tasks have ended. */
async function crashLoop(stage: Stage, name: string, times: number): Promise<void> {
  for (let crashes = 0; crashes < times; crashes += 1) {
    const known = () => newest(stage, name).find((task) => stage.sim.oracles.committed.isHealthy(task));
    await stage.until('the service runs', () => known() !== undefined, 400_000, 'L1');
    const task = known() ?? '';
    crash(stage, task);
    await stage.until(
      'the crash is known',
      () => stage.sim.oracles.committed.observations.get(task)?.status === 'STOPPED',
    );
  }
}

/** R16: a back-off longer than any chain of messages is allowed to be. */
export const longBackOff: Directed = {
  name: 'long back-off',
  agents: 1,
  play: () => ({
    run: async (stage) => {
      await stage.run(10_000);
      stage.operator.create('web', 1, ROLLING);
      await stage.settled();
      await crashLoop(stage, 'web', 7);
      // 64 s of back-off, one sweep, and the start itself.
      await stage.settled(110_000);
    },
  }),
};

/** L6: a long healthy run, or a new revision, begins with the shortest back-off again. */
export const backOffForgotten: Directed = {
  name: 'back-off forgotten',
  agents: 1,
  play: () => ({
    run: async (stage) => {
      await stage.run(10_000);
      stage.operator.create('web', 1, ROLLING);
      await stage.settled();
      await crashLoop(stage, 'web', 5);
      await stage.settled(60_000);
      await stage.run(11 * 60_000);
      await crashLoop(stage, 'web', 1);
      await stage.until('it runs again soon', () => newest(stage, 'web').length === 1, 5_000, 'L6');
      await crashLoop(stage, 'web', 5);
      stage.operator.update('web', { forceNewDeployment: true });
      await stage.until('the new deployment runs soon', () => newest(stage, 'web').length === 1, 10_000, 'L6');
      await stage.settled();
    },
  }),
};

/** L4: whoever drains a machine dies on the way and never asks again. */
export const drainCutShort: Directed = {
  name: 'drain cut short',
  agents: 3,
  play: () => ({
    run: async (stage) => {
      await stage.run(10_000);
      stage.operator.create('web', 3, ROLLING);
      await stage.settled();
      const { committed } = stage.sim.oracles;
      const { seam } = stage.sim.context;
      seam.plan = ({ role, operation }) =>
        role === 'ecsApi' && operation === 'transact' ? { kind: 'crash-after' } : GO;
      const drained = stage.agent(0).instanceId ?? '';
      stage.operator.drain(stage.agent(0), 0);
      await stage.until('the machine drains', () => committed.reservations.get(drained)?.status === 'DRAINING');
      await stage.until(
        'its tasks have left',
        () => committed.reservations.get(drained)?.tasks.length === 0,
        90_000,
        'L4',
      );
      await stage.settled();
    },
  }),
};

/** L2: a neighbour that crashes all the time does not hold up a service that nothing is wrong with. */
export const crashingNeighbour: Directed = {
  name: 'crashing neighbour',
  agents: 3,
  play: () => ({
    run: async (stage) => {
      await stage.run(10_000);
      stage.operator.create('api', 2, ROLLING);
      stage.operator.create('web', 4, ROLLING);
      await stage.settled();
      const calm = await rollOut(stage, 'api', 60_000);
      let isOver = false;
      const crashAll = (): void => {
        if (isOver) return;
        for (const task of stage.running('service:web')) crash(stage, task);
        stage.sim.context.time.after(300, crashAll);
      };
      crashAll();
      await rollOut(stage, 'api', 2 * calm);
      isOver = true;
      await stage.settled();
    },
  }),
};

/** Replaces all tasks of a service; answers how long that took. */
async function rollOut(stage: Stage, name: string, withinMs: number): Promise<number> {
  const { time } = stage.sim.context;
  const { services, serviceStates } = stage.sim.oracles.committed;
  const began = time.elapsed;
  const before = services.get(name)?.deployment.id;
  stage.operator.update(name, { forceNewDeployment: true });
  const isDone = (): boolean => {
    const deployment = serviceStates.get(name)?.deployments[0];
    return deployment?.id !== before && deployment?.rolloutState === 'COMPLETED';
  };
  await stage.until(`${name} is rolled out`, isDone, withinMs, 'L2');
  return time.elapsed - began;
}
