import { randomBytes } from 'node:crypto';
import { CreateServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { runningContainers } from '#test/support/chaos-containers.ts';
import { freePort } from '#test/support/chaos-port.ts';
import { agentPids, killNine, taskProcesses } from '#test/support/chaos-processes.ts';
import { registerSleeper, runningOf, type SeenTask, seenTasks } from '#test/support/chaos-tasks.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const withDocker = runnable('the adoption of containers on Docker', await dockerMissing());
// Unique, because the engine is shared with whatever else runs on this machine.
const SERVICE = `adopted-${randomBytes(6).toString('hex')}`;

interface Variant {
  readonly runtime: 'process' | 'docker';
  readonly tasks: number;
  /** Whether a control plane that is started again is where its agents look for it. */
  readonly address: 'same' | 'new';
  /** What the machine itself says of each running container: a restarted one would answer something else. */
  readonly world: (stack: RunningStack) => Promise<readonly string[]>;
}

const VARIANTS: readonly Variant[] = [
  {
    runtime: 'process',
    tasks: 50,
    address: 'same',
    world: async ({ dataDir }) =>
      taskProcesses(dataDir).map(({ taskId, pid, startTime }) => `${taskId} ${pid} ${startTime}`),
  },
  {
    runtime: 'docker',
    tasks: 4,
    address: 'new',
    world: async () => (await runningContainers(SERVICE)).map(({ taskId, id }) => `${taskId} ${id}`),
  },
];

describe.each(VARIANTS.filter(({ runtime }) => runtime === 'process' || withDocker))(
  'an agent with $tasks running tasks on the $runtime runtime',
  ({ runtime, tasks: count, address, world }) => {
    let args: readonly string[];
    let stack: RunningStack;

    const tasks = async (): Promise<readonly SeenTask[]> =>
      runningOf(await seenTasks(stack.ecs, { serviceName: SERVICE })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const untilRunning = (wanted: number) =>
      waitUntil(
        `${wanted} tasks and their containers`,
        async () => ({ tasks: await tasks(), world: await world(stack) }),
        (seen) => seen.tasks.length === wanted && seen.world.length === wanted,
        { withinMs: 30_000 },
      );

    /** Kills the agent, waits for its next life, and takes one task away: an agent that obeys knows what it holds. */
    const surviveKill = async (wantedAfter: number): Promise<void> => {
      const before = { tasks: await tasks(), world: await world(stack) };
      const [killed = 0] = agentPids(stack.dataDir);
      await killNine(killed);
      const { elapsedMs } = await waitUntil(
        'another agent process',
        () => agentPids(stack.dataDir),
        (pids) => pids.length === 1,
        { withinMs: 10_000 },
      );
      await stack.ecs.send(new UpdateServiceCommand({ service: SERVICE, desiredCount: wantedAfter }));
      const { value: after } = await untilRunning(wantedAfter);
      process.stdout.write(`${runtime}: agent back after ${Math.round(elapsedMs)} ms, ${wantedAfter} tasks kept\n`);
      expect(before.world).toEqual(expect.arrayContaining([...after.world]));
      expect(before.tasks).toEqual(expect.arrayContaining([...after.tasks]));
    };

    beforeAll(async () => {
      const missing = runtime === 'docker' ? await busyboxImage(new Docker()) : undefined;
      if (missing !== undefined) throw new Error(missing);
      const port = address === 'same' ? await freePort() : 0;
      const machine = ['--runtime', runtime, '--agents', '1', '--agent-size', '8192,16384'];
      args = [...machine, '--port', String(port), '--time-scale', '0.2'];
      stack = await startStack({ args });
      await registerSleeper(stack.ecs, SERVICE, { image: BUSYBOX_IMAGE });
      await stack.ecs.send(
        new CreateServiceCommand({ serviceName: SERVICE, taskDefinition: SERVICE, desiredCount: count }),
      );
      await untilRunning(count);
    });

    it('agent killed, is started again by its provider and restarts no container', () => surviveKill(count - 1));

    it(`control plane killed and back at the ${address} address, takes charge of its agent, restarts nothing`, async () => {
      const before = await world(stack);
      await stack.kill();
      stack = await startStack({ args, dataDir: stack.dataDir });
      expect((await world(stack)).toSorted()).toEqual(before.toSorted());
      // This agent is no child of the new control plane, so its end has to be noticed in another way.
      await surviveKill(count - 2);
    });
  },
);
