import { randomBytes } from 'node:crypto';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Task,
  waitUntilServicesInactive,
} from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { expect, it } from 'vitest';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { runningContainers, serviceContainers } from '#test/support/chaos-containers.ts';
import { instancesThere, waiting } from '#test/support/e2e-ecs.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const missing = (await dockerMissing()) ?? (await busyboxImage(new Docker()));
/** The engine is everybody's, so the name must be nobody else's. */
const SERVICE = `health-${randomBytes(4).toString('hex')}`;

it.runIf(runnable('container health checks on Docker', missing))(
  'a container whose check begins to fail on a real engine, is replaced by one whose check passes',
  { timeout: 180_000 },
  async () => {
    const docker = new Docker();
    const { ecs, stop } = await startStack({ args: ['--runtime', 'docker', '--time-scale', '0.2'] });
    await instancesThere(ecs, 1);
    const command = ['/bin/sh', '-c', "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"];
    const healthCheck = { command: ['CMD-SHELL', 'test ! -e /tmp-ill'], interval: 5, timeout: 5, retries: 1 };
    const size = { image: BUSYBOX_IMAGE, cpu: 16, memory: 16, stopTimeout: 2 };
    const main = { name: 'main', ...size, essential: true, command, healthCheck };
    const containerDefinitions = [
      { ...main, dependsOn: [{ containerName: 'init', condition: 'SUCCESS' as const }] },
      { name: 'init', ...size, essential: false, command: ['/bin/true'] },
    ];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: SERVICE, containerDefinitions }));
    await ecs.send(new CreateServiceCommand({ serviceName: SERVICE, taskDefinition: SERVICE, desiredCount: 1 }));

    const tasks = async (): Promise<readonly Task[]> => {
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ serviceName: SERVICE }));
      if (taskArns.length === 0) return [];
      return (await ecs.send(new DescribeTasksCommand({ tasks: taskArns }))).tasks ?? [];
    };
    const healthy = async (what: string, but?: string): Promise<Task> => {
      const isIt = ([one, ...others]: readonly Task[]) =>
        others.length === 0 && one?.healthStatus === 'HEALTHY' && one.taskArn !== but;
      const { value } = await waitUntil(what, tasks, isIt, { withinMs: 60_000, everyMs: 250 });
      const [task] = value;
      if (!task) throw new Error('the task is gone');
      return task;
    };

    const first = await healthy('a healthy task');
    expect(first.containers).toMatchObject([
      { name: 'main', lastStatus: 'RUNNING', healthStatus: 'HEALTHY' },
      { name: 'init', exitCode: 0, healthStatus: 'UNKNOWN' },
    ]);
    const id = first.containers?.[0]?.runtimeId ?? '';
    const exec = await docker.getContainer(id).exec({ Cmd: ['/bin/touch', '/tmp-ill'] });
    await exec.start({ Detach: true });
    const second = await healthy('its replacement', first.taskArn);
    const { tasks: ended = [] } = await ecs.send(new DescribeTasksCommand({ tasks: [first.taskArn ?? ''] }));
    expect(ended).toMatchObject([
      {
        healthStatus: 'UNHEALTHY',
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed container health checks',
      },
    ]);
    const ids = (await runningContainers(SERVICE)).map((container) => container.id);
    expect(ids).toContain(second.containers?.[0]?.runtimeId);

    await ecs.send(new DeleteServiceCommand({ service: SERVICE, force: true }));
    await waitUntilServicesInactive(waiting(ecs), { services: [SERVICE] });
    await waitUntil(
      'every container removed',
      () => serviceContainers(SERVICE),
      (left) => left.length === 0,
      { withinMs: 30_000 },
    );
    await stop();
  },
);
