import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListServicesCommand,
  ListTasksCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { given, instancesThere, registerMain, untilStable, waiting } from '#test/support/e2e-ecs.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);

/** Instance and revision of each task of the service that is wanted. */
async function placesOf(ecs: ECSClient): Promise<readonly (readonly [instance: string, revision: string])[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ serviceName: 'log' }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: taskArns }));
  return tasks.map((task) => [given(task.containerInstanceArn), given(task.taskDefinitionArn?.split(':').at(-1))]);
}

it('a daemon service, through the SDK, runs on each instance, follows drains and rolls', async () => {
  const { ecs, dataDir } = await startStack({
    args: ['--runtime', 'simulated', '--time-scale', '0.2', '--agents', '3', '--agent-size', '1024,1024'],
  });
  const instances = [...(await instancesThere(ecs, 3))].sort();
  await registerMain(ecs, 'log', { memory: 64 });
  const { service } = await ecs.send(
    new CreateServiceCommand({ serviceName: 'log', taskDefinition: 'log', schedulingStrategy: 'DAEMON' }),
  );
  expect(service).toMatchObject({
    schedulingStrategy: 'DAEMON',
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
  });
  await untilStable(ecs, 'log');
  const first = await placesOf(ecs);
  expect(first.map(([instance]) => instance).sort()).toEqual(instances);

  const [drained = ''] = instances;
  const setState = (status: 'ACTIVE' | 'DRAINING') =>
    ecs.send(new UpdateContainerInstancesStateCommand({ containerInstances: [drained], status }));
  await setState('DRAINING');
  const left = await waitUntil(
    'the daemon to leave',
    () => placesOf(ecs),
    (places) => places.length === 2,
    { withinMs: 20_000 },
  );
  expect(left.value.map(([instance]) => instance)).not.toContain(drained);
  await setState('ACTIVE');
  await waitUntil(
    'the daemon to come back',
    () => placesOf(ecs),
    (places) => places.length === 3,
    { withinMs: 20_000 },
  );
  await untilStable(ecs, 'log');

  await registerMain(ecs, 'log', { memory: 32 });
  await ecs.send(new UpdateServiceCommand({ service: 'log', taskDefinition: 'log' }));
  await untilStable(ecs, 'log');
  const rolled = await placesOf(ecs);
  expect(rolled.map(([instance]) => instance).sort()).toEqual(instances);
  expect(new Set(rolled.map(([, revision]) => revision))).toEqual(new Set(['2']));

  await expect(ecs.send(new UpdateServiceCommand({ service: 'log', desiredCount: 1 }))).rejects.toThrow(
    'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
  );
  const { serviceArns } = await ecs.send(new ListServicesCommand({ schedulingStrategy: 'DAEMON' }));
  expect(serviceArns).toHaveLength(1);
  const cli = (...args: readonly string[]) =>
    exec(process.execPath, [BIN, ...args, '--data-dir', dataDir], { env: { PATH: process.env.PATH }, timeout: 20_000 });
  expect((await cli('status')).stdout).toMatch(/^log\s+ACTIVE\s+3\s+3\s+0/m);
  expect((await cli('explain', 'service', 'log')).stdout).toContain('log');

  await ecs.send(new DeleteServiceCommand({ service: 'log' }));
  await waitUntilServicesInactive(waiting(ecs), { services: ['log'] });
  const { services } = await ecs.send(new DescribeServicesCommand({ services: ['log'] }));
  expect(services?.[0]).toMatchObject({ status: 'INACTIVE', desiredCount: 0, runningCount: 0 });
});
