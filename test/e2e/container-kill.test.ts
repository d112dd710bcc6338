import { randomBytes } from 'node:crypto';
import { CreateServiceCommand, DeleteServiceCommand } from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import {
  killContainer,
  removeContainer,
  runningContainers,
  serviceContainers,
} from '#test/support/chaos-containers.ts';
import { registerSleeper, runningOf, type SeenTask, seenTasks } from '#test/support/chaos-tasks.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const withDocker = runnable('the loss of containers on Docker', await dockerMissing());
/** The documented pace: what is promised is promised for it. */
const TIME_SCALE = '1';
const REPLACED_WITHIN_MS = 5_000;
const TASKS = 3;

describe.runIf(withDocker)('a service on Docker', () => {
  // Unique, because the engine is shared with whatever else runs on this machine.
  const service = `kill-${randomBytes(6).toString('hex')}`;
  let stack: RunningStack;

  const tasks = (): Promise<readonly SeenTask[]> => seenTasks(stack.ecs, { serviceName: service });

  /** Waits until the service runs its tasks and the engine runs exactly their containers, and none is `lost`. */
  const settled = async (lost: string | undefined, withinMs: number): Promise<number> => {
    const { elapsedMs } = await waitUntil(
      `${TASKS} running tasks, and their containers`,
      async () => ({
        tasks: runningOf(await tasks()).map(({ id }) => id),
        containers: (await runningContainers(service)).map(({ taskId }) => taskId),
      }),
      (seen) =>
        seen.tasks.length === TASKS &&
        seen.tasks.every((id) => id !== lost) &&
        seen.tasks.toSorted().join() === seen.containers.toSorted().join(),
      { withinMs },
    );
    return elapsedMs;
  };

  const victim = async (): Promise<{ readonly id: string; readonly taskId: string }> => {
    const [container] = await runningContainers(service);
    if (!container) throw new Error('no container runs');
    return container;
  };

  const stopped = async (taskId: string): Promise<SeenTask> => {
    const found = (await tasks()).find(({ id }) => id === taskId);
    if (!found) throw new Error(`task ${taskId} is not listed any more`);
    return found;
  };

  beforeAll(async () => {
    const missing = await busyboxImage(new Docker());
    if (missing !== undefined) throw new Error(missing);
    stack = await startStack({ args: ['--runtime', 'docker', '--agents', '1', '--time-scale', TIME_SCALE] });
    await registerSleeper(stack.ecs, service, { image: BUSYBOX_IMAGE });
    await stack.ecs.send(
      new CreateServiceCommand({ serviceName: service, taskDefinition: service, desiredCount: TASKS }),
    );
    await settled(undefined, 20_000);
  });

  afterAll(async () => {
    await stack.ecs.send(new DeleteServiceCommand({ service, force: true }));
    await waitUntil(
      'the service leaves no container',
      () => serviceContainers(service),
      (left) => left.length === 0,
      { withinMs: 20_000 },
    );
    await stack.stop();
  });

  it('container killed from outside, replacement runs within 5 s and the dead task says why', async () => {
    const { id, taskId } = await victim();
    await killContainer(id);
    const elapsedMs = await settled(taskId, REPLACED_WITHIN_MS);
    process.stdout.write(`docker kill: replaced after ${Math.round(elapsedMs)} ms\n`);
    expect(await stopped(taskId)).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stoppedReason: 'Essential container in task exited',
      exitCode: 137,
    });
  });

  it('container removed from outside, replacement runs within 5 s and the lost task says why', async () => {
    const { id, taskId } = await victim();
    await removeContainer(id);
    const elapsedMs = await settled(taskId, REPLACED_WITHIN_MS);
    process.stdout.write(`docker rm -f: replaced after ${Math.round(elapsedMs)} ms\n`);
    const task = await stopped(taskId);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: 'Essential container in task exited' });
    // The agent may look between the kill and the removal, and then it knows the exit code instead.
    expect([137, undefined]).toContain(task.exitCode);
  });
});
