import type { ContainerSpec } from '#agent/runtime/port.ts';
import { RuntimeFault } from '#agent/runtime/runtime-fault.ts';
import type { HeartbeatResponse } from '#events/agent-wire.ts';
import type { Directed, Stage } from './stage.ts';

/** A standalone task that runs on the first machine. */
async function runOne(stage: Stage): Promise<string> {
  await stage.run(10_000);
  stage.operator.run(1, 'web');
  await stage.until('a task runs', () => stage.running().length === 1);
  return stage.running()[0] ?? '';
}

/** The machine's disk forgets all that happened since `book` was on it: a snapshot put back, or writes that never came down. */
function restoreBook(stage: Stage, book: string | undefined): void {
  const agent = stage.agent(0);
  agent.disk = { ...agent.disk, book };
}

/** R7: an answer from before a restart reaches the agent after it, and the task book is an old one without its tombstone. */
export const oldAnswerAfterRestart: Directed = {
  name: 'old answer after a restart',
  agents: 1,
  play: () => {
    let old: HeartbeatResponse | undefined;
    let isReplaying = false;
    return {
      wiring: ({ time }) => ({
        wire: (wire) => ({
          ...wire,
          heartbeat: async (request, credential) => {
            const outcome = await wire.heartbeat(request, credential);
            if (outcome.kind !== 'answered') return outcome;
            if (outcome.answer.assignments?.some(({ spec }) => spec)) old ??= outcome.answer;
            if (!isReplaying || !old) return outcome;
            isReplaying = false;
            return { kind: 'answered', answer: old };
          },
          // Without bells every assignment comes with a heartbeat's answer.
          listen: () => new Promise((resolve) => time.after(20_000, () => resolve({ kind: 'answered', answer: [] }))),
        }),
      }),
      run: async (stage) => {
        await stage.run(10_000);
        const { book } = stage.agent(0).disk;
        const task = await runOne(stage);
        stage.operator.stop(task);
        await stage.until('the task is gone', () =>
          stage
            .agent(0)
            .machine.list()
            .every(({ labels }) => labels.task !== task),
        );
        stage.agent(0).crash();
        restoreBook(stage, book);
        isReplaying = true;
        stage.agent(0).restart();
        await stage.until('the old answer is taken in', () => !isReplaying);
        await stage.run(10_000);
        await stage.settled();
      },
    };
  },
};

/** R8: the machine is swept clean of containers while its agent is away. */
export const containersSweptAway: Directed = {
  name: 'containers swept away',
  agents: 1,
  play: () => ({
    run: async (stage) => {
      const task = await runOne(stage);
      const { machine } = stage.agent(0);
      stage.agent(0).crash();
      const swept = machine.list().filter(({ labels }) => labels.task === task);
      stage.sim.oracles.machines.byNemesis(() => {
        for (const { name } of swept) machine.remove(name);
      });
      stage.agent(0).restart();
      await stage.until(
        'the end is known',
        () => stage.sim.oracles.committed.observations.get(task)?.status === 'STOPPED',
      );
      await stage.settled();
    },
  }),
};

/** R9: a task is to stop while its container is on the way up, and the machine is slow. */
export const stopDuringStart: Directed = {
  name: 'stop during start',
  agents: 1,
  play: () => {
    const start = { isHeld: false, release: Promise.withResolvers<void>() };
    return {
      wiring: () => ({
        runtime: (runtime) => ({
          ...runtime,
          start: async (name) => {
            start.isHeld = true;
            await start.release.promise;
            return runtime.start(name);
          },
        }),
      }),
      run: async (stage) => {
        await stage.run(10_000);
        stage.operator.run(1, 'web');
        await stage.until('a start in flight', () => start.isHeld);
        const [task] = [...stage.sim.oracles.committed.tasks.keys()];
        stage.operator.stop(task ?? '');
        await stage.run(12_000);
        start.release.resolve();
        await stage.run(5_000);
        await stage.settled();
      },
    };
  },
};

/** R10: the engine gets to a create after the agent that asked for it died and forgot that it had begun. */
export const createInFlight: Directed = {
  name: 'create in flight at a crash',
  agents: 1,
  play: () => {
    let pending: ContainerSpec | undefined;
    return {
      wiring: () => ({
        runtime: (runtime) => ({
          ...runtime,
          create: (spec) => {
            if (pending) return runtime.create(spec);
            pending = spec;
            return new Promise(() => undefined);
          },
        }),
      }),
      run: async (stage) => {
        await stage.run(10_000);
        const { book } = stage.agent(0).disk;
        stage.operator.run(1, 'web');
        await stage.until('a create in flight', () => pending !== undefined);
        stage.agent(0).crash();
        restoreBook(stage, book);
        stage.agent(0).restart();
        await stage.until('the task runs', () => stage.running().length === 1);
        if (pending) stage.agent(0).machine.create(pending);
        await stage.run(15_000);
        await stage.settled();
      },
    };
  },
};

/** R12: a copy of a machine's disk, taken before its agent registered again, comes up elsewhere. */
export const clonedIdentity: Directed = {
  name: 'cloned identity',
  agents: 2,
  play: () => ({
    run: async (stage) => {
      await stage.run(10_000);
      stage.operator.create('web', 4);
      await stage.settled();
      const clone = stage.sim.addAgent('clone');
      clone.cloneIdentity(stage.agent(0));
      stage.agent(0).restart();
      await stage.run(10_000);
      clone.start();
      await stage.run(20_000);
      clone.destroy();
      await stage.settled();
    },
  }),
};

/** R17: an agent comes back on a machine whose container engine does not answer, and the service grows. */
export const listingFails: Directed = {
  name: 'listing fails',
  agents: 2,
  play: () => {
    let isBroken = false;
    return {
      wiring: () => ({
        runtime: (runtime, { name }) => ({
          ...runtime,
          list: () => {
            if (isBroken && name === 'machine-0')
              return Promise.reject(new RuntimeFault('ContainerRuntimeTimeoutError', 'simulated: no engine'));
            return runtime.list();
          },
        }),
      }),
      run: async (stage) => {
        await stage.run(10_000);
        stage.operator.create('web', 2);
        await stage.settled();
        isBroken = true;
        stage.agent(0).restart();
        await stage.run(8_000);
        stage.operator.update('web', { desiredCount: 6, minimumHealthyPercent: 100, maximumPercent: 200 });
        await stage.until('six tasks run', () => stage.running('service:web').length === 6, 60_000, 'L1');
        isBroken = false;
        await stage.settled();
      },
    };
  },
};
