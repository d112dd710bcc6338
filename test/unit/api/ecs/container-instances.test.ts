import {
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  StartTaskCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { addInstance } from '#test/support/ecs-instance.ts';
import { type EcsHarness, openEcs } from '#test/support/ecs-request.ts';

const FIRST = '1'.repeat(32);
const SECOND = '2'.repeat(32);
const GONE = '3'.repeat(32);
const arn = (id: string): string => `arn:aws:ecs:eu-west-1:123456789012:container-instance/default/${id}`;

/** Two machines with live agents, as registration and the first sync leave them. */
async function openWithInstances(): Promise<EcsHarness> {
  const ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  for (const instanceId of [FIRST, SECOND]) await addInstance(ecs, instanceId);
  return ecs;
}

test('DescribeContainerInstances, shows resources, attributes and whether the agent is connected', async () => {
  const ecs = await openWithInstances();
  const describe = () =>
    ecs.client.send(new DescribeContainerInstancesCommand({ containerInstances: [FIRST, GONE], include: ['TAGS'] }));
  const { containerInstances, failures } = await describe();
  expect(containerInstances).toMatchObject([
    {
      containerInstanceArn: arn(FIRST),
      status: 'ACTIVE',
      agentConnected: true,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      version: 1,
      versionInfo: { agentVersion: '1.0.0' },
      attributes: [{ name: 'ecs.os-type', value: 'linux' }, { name: 'fast' }],
      tags: [{ key: 'rack', value: '7' }],
    },
  ]);
  expect(failures).toEqual([{ arn: arn(GONE), reason: 'MISSING' }]);
  ecs.clock.advance(ecs.deps.timings.lease + 1);
  expect((await describe()).containerInstances?.[0]?.agentConnected).toBe(false);
});

test('StartTask, on a named instance, takes its resources and shows there', async () => {
  const ecs = await openWithInstances();
  const containerDefinitions = [
    { name: 'app', image: 'nginx', cpu: 512, memory: 1024, portMappings: [{ containerPort: 80, hostPort: 8080 }] },
  ];
  await ecs.client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
  const { tasks } = await ecs.client.send(
    new StartTaskCommand({ taskDefinition: 'web', containerInstances: [arn(SECOND)] }),
  );
  expect(tasks).toMatchObject([{ lastStatus: 'PENDING', desiredStatus: 'RUNNING', containerInstanceArn: arn(SECOND) }]);
  const described = await ecs.client.send(new DescribeTasksCommand({ tasks: [tasks?.[0]?.taskArn ?? ''] }));
  expect(described.tasks?.[0]?.containerInstanceArn).toBe(arn(SECOND));
  const { containerInstances } = await ecs.client.send(
    new DescribeContainerInstancesCommand({ containerInstances: [SECOND] }),
  );
  const remaining = containerInstances?.[0]?.remainingResources;
  expect(remaining?.find(({ name }) => name === 'CPU')?.integerValue).toBe(1536);
  expect(remaining?.find(({ name }) => name === 'MEMORY')?.integerValue).toBe(3072);
  expect(remaining?.find(({ name }) => name === 'PORTS')?.stringSetValue).toEqual(['8080']);
  expect(containerInstances?.[0]).toMatchObject({ pendingTasksCount: 1, runningTasksCount: 0 });
});

test('ListContainerInstances, filters by status and pages', async () => {
  const ecs = await openWithInstances();
  const first = await ecs.client.send(new ListContainerInstancesCommand({ maxResults: 1 }));
  const second = await ecs.client.send(
    new ListContainerInstancesCommand({ maxResults: 1, nextToken: first.nextToken }),
  );
  expect([...(first.containerInstanceArns ?? []), ...(second.containerInstanceArns ?? [])].sort()).toEqual([
    arn(FIRST),
    arn(SECOND),
  ]);
  const draining = await ecs.client.send(new ListContainerInstancesCommand({ status: 'DRAINING' }));
  expect(draining.containerInstanceArns).toEqual([]);
});

test('UpdateContainerInstancesState, drains and reactivates, and reports missing instances', async () => {
  const ecs = await openWithInstances();
  const update = (status: 'ACTIVE' | 'DRAINING' | 'REGISTERING') =>
    ecs.client.send(new UpdateContainerInstancesStateCommand({ containerInstances: [FIRST, GONE], status }));
  const drained = await update('DRAINING');
  expect(drained.containerInstances).toMatchObject([{ containerInstanceArn: arn(FIRST), status: 'DRAINING' }]);
  expect(drained.failures).toEqual([{ arn: arn(GONE), reason: 'MISSING' }]);
  const { containerInstanceArns } = await ecs.client.send(new ListContainerInstancesCommand({ status: 'DRAINING' }));
  expect(containerInstanceArns).toEqual([arn(FIRST)]);
  expect((await update('ACTIVE')).containerInstances).toMatchObject([{ status: 'ACTIVE' }]);
  await expect(update('REGISTERING')).rejects.toBeInstanceOf(InvalidParameterException);
});
