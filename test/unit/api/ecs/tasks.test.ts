import {
  ClusterNotFoundException,
  ConflictException,
  CreateClusterCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { type EcsHarness, openEcs } from '#test/support/ecs-request.ts';

async function openWithWeb(): Promise<EcsHarness> {
  const ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  await ecs.client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 128, memory: 64 }],
    }),
  );
  return ecs;
}

const run = ({ client }: EcsHarness, input: Partial<RunTaskCommandInput> = {}) =>
  client.send(new RunTaskCommand({ taskDefinition: 'web', ...input }));

test('RunTask without machines, answers with PROVISIONING tasks', async () => {
  const ecs = await openWithWeb();
  const { tasks, failures } = await run(ecs, { count: 2, startedBy: 'me', tags: [{ key: 'a', value: 'b' }] });
  expect(failures).toEqual([]);
  expect(tasks).toHaveLength(2);
  const id = tasks?.[0]?.taskArn?.split('/').at(-1) ?? '';
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(tasks?.[0]).toMatchObject({
    taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/default/${id}`,
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/default',
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1',
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    launchType: 'EC2',
    group: 'family:web',
    startedBy: 'me',
    cpu: '128',
    memory: '64',
    attachments: [],
    overrides: { containerOverrides: [{ name: 'app' }], inferenceAcceleratorOverrides: [] },
    tags: [{ key: 'a', value: 'b' }],
    createdAt: new Date(ecs.clock.now()),
  });
  expect(tasks?.[0]?.containers).toMatchObject([
    { name: 'app', image: 'nginx', lastStatus: 'PENDING', cpu: '128', memory: '64', networkBindings: [] },
  ]);
});

test('RunTask, repeated under one client token, answers with the same tasks; changed, it conflicts with their ARNs', async () => {
  const ecs = await openWithWeb();
  const first = await run(ecs, { count: 2, clientToken: 'token' });
  const again = await run(ecs, { count: 2, clientToken: 'token' });
  const arns = (first.tasks ?? []).map(({ taskArn }) => taskArn);
  expect((again.tasks ?? []).map(({ taskArn }) => taskArn)).toEqual(arns);
  const conflicting = run(ecs, { count: 2, clientToken: 'token', startedBy: 'else' });
  await expect(conflicting).rejects.toBeInstanceOf(ConflictException);
  await expect(conflicting).rejects.toMatchObject({ resourceIds: arns });
});

test('RunTask, in a cluster that does not exist or with a definition that does not exist, is refused', async () => {
  const ecs = await openWithWeb();
  await expect(run(ecs, { cluster: 'gone' })).rejects.toBeInstanceOf(ClusterNotFoundException);
  await expect(run(ecs, { taskDefinition: 'gone' })).rejects.toThrow('TaskDefinition not found.');
  await expect(run(ecs, { launchType: 'FARGATE' })).rejects.toThrow('does not support launch_type FARGATE');
  await expect(run(ecs, { overrides: { containerOverrides: [{ name: 'other' }] } })).rejects.toBeInstanceOf(
    InvalidParameterException,
  );
});

test('DescribeTasks, takes ids and ARNs and reports missing ones', async () => {
  const ecs = await openWithWeb();
  const { tasks } = await run(ecs);
  const arn = tasks?.[0]?.taskArn ?? '';
  const gone = '0'.repeat(32);
  const answer = await ecs.client.send(new DescribeTasksCommand({ tasks: [arn, gone, arn.split('/')[2] ?? ''] }));
  expect(answer.tasks).toMatchObject([{ taskArn: arn, tags: [] }]);
  expect(answer.failures).toEqual([
    { arn: `arn:aws:ecs:eu-west-1:123456789012:task/default/${gone}`, reason: 'MISSING' },
  ]);
});

test('StopTask, of a task no machine has, stops it at once and DescribeTasks says why', async () => {
  const ecs = await openWithWeb();
  const { tasks } = await run(ecs);
  const task = tasks?.[0]?.taskArn ?? '';
  const stopped = await ecs.client.send(new StopTaskCommand({ task, reason: 'enough' }));
  expect(stopped.task).toMatchObject({
    desiredStatus: 'STOPPED',
    lastStatus: 'STOPPED',
    stopCode: 'UserInitiated',
    stoppedReason: 'enough',
  });
  expect(stopped.task?.containers).toMatchObject([{ name: 'app', lastStatus: 'STOPPED' }]);
  await expect(ecs.client.send(new StopTaskCommand({ task: '0'.repeat(32) }))).rejects.toThrow(
    'The referenced task was not found.',
  );
});

test('ListTasks, filters by family, starter and wanted status, and pages', async () => {
  const ecs = await openWithWeb();
  const { tasks } = await run(ecs, { count: 5 });
  await run(ecs, { startedBy: 'me' });
  await ecs.client.send(new StopTaskCommand({ task: tasks?.[0]?.taskArn }));
  const list = async (input: object): Promise<string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ecs.client.send(new ListTasksCommand({ ...input, maxResults: 2, nextToken }));
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return arns;
  };
  expect(new Set(await list({})).size).toBe(5);
  expect(await list({ startedBy: 'me' })).toHaveLength(1);
  expect(await list({ family: 'other' })).toEqual([]);
  expect(await list({ desiredStatus: 'STOPPED' })).toEqual([tasks?.[0]?.taskArn]);
  expect(await list({ desiredStatus: 'PENDING' })).toEqual([]);
});
