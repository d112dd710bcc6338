import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Service, type Task, waitUntilServicesInactive, waitUntilServicesStable } from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { expect, it } from 'vitest';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { runningContainers, serviceContainers } from '#test/support/chaos-containers.ts';
import { awsCli, awsCliMissing } from '#test/support/e2e-aws-cli.ts';
import { instancesThere, waiting } from '#test/support/e2e-ecs.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const missing = (await awsCliMissing()) ?? (await dockerMissing()) ?? (await busyboxImage(new Docker()));
/** The engine is everybody's, so the name must be nobody else's. */
const SERVICE = `cli-${process.pid}`;

it.runIf(runnable('the AWS command line with containers', missing))(
  'the AWS command line, starts containers of a service and removes them with it',
  async () => {
    const stack = await startStack({ args: ['--runtime', 'docker', '--time-scale', '0.2'] });
    const aws = awsCli(stack, stack.dataDir);
    await instancesThere(stack.ecs, 1);
    const command = ['/bin/sh', '-c', "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"];
    const main = { name: 'main', image: BUSYBOX_IMAGE, cpu: 16, memory: 16, essential: true, command };
    const task = { family: SERVICE, containerDefinitions: [main] };
    writeFileSync(path.join(stack.dataDir, 'task.json'), JSON.stringify(task));
    await aws.json('register-task-definition', '--cli-input-json', 'file://task.json');
    await aws.json('create-service', '--service-name', SERVICE, '--task-definition', SERVICE, '--desired-count', '2');
    await waitUntilServicesStable(waiting(stack.ecs), { services: [SERVICE] });
    expect((await aws.run('wait', 'services-stable', '--services', SERVICE)).code).toBe(0);

    const { taskArns } = await aws.json<{ taskArns: string[] }>('list-tasks', '--service-name', SERVICE);
    const { tasks } = await aws.json<{ tasks: Task[] }>('describe-tasks', '--tasks', ...taskArns);
    const containers = await runningContainers(SERVICE);
    expect(containers.map(({ id }) => id).toSorted()).toEqual(
      tasks.map((one) => one.containers?.[0]?.runtimeId).toSorted(),
    );

    await aws.json('delete-service', '--service', SERVICE, '--force');
    await waitUntilServicesInactive(waiting(stack.ecs), { services: [SERVICE] });
    expect((await aws.run('wait', 'services-inactive', '--services', SERVICE)).code).toBe(0);
    await waitUntil(
      'every container removed',
      () => serviceContainers(SERVICE),
      (left) => left.length === 0,
      {
        withinMs: 20_000,
      },
    );
    const { services } = await aws.json<{ services: Service[] }>('describe-services', '--services', SERVICE);
    expect(services).toMatchObject([{ status: 'INACTIVE', runningCount: 0 }]);
    await stack.stop();
  },
);
