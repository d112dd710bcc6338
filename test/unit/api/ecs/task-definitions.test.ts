import {
  ClientException,
  CreateClusterCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  InvalidParameterException,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { type EcsHarness, openEcs, PRINCIPAL } from '#test/support/ecs-request.ts';

const register = ({ client }: EcsHarness, family: string) =>
  client.send(
    new RegisterTaskDefinitionCommand({ family, containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }] }),
  );

test('RegisterTaskDefinition, of a minimal definition, answers with ECS defaults', async () => {
  const ecs = openEcs();
  const { taskDefinition } = await register(ecs, 'web');
  expect(taskDefinition).toEqual({
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1',
    family: 'web',
    revision: 1,
    status: 'ACTIVE',
    containerDefinitions: [
      {
        name: 'app',
        image: 'nginx',
        memory: 64,
        cpu: 0,
        essential: true,
        portMappings: [],
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
      },
    ],
    volumes: [],
    placementConstraints: [],
    compatibilities: ['EXTERNAL', 'EC2'],
    registeredAt: new Date(ecs.clock.now()),
    registeredBy: PRINCIPAL,
  });
});

test('RegisterTaskDefinition, at once from many callers, gives every revision once', async () => {
  const ecs = openEcs();
  const answers = await Promise.all(Array.from({ length: 8 }, () => register(ecs, 'web')));
  expect(answers.map(({ taskDefinition }) => taskDefinition?.revision).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('RegisterTaskDefinition, for Fargate, normalises sizes', async () => {
  const { client } = openEcs();
  const { taskDefinition } = await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '.5 vCPU',
      memory: '2 GB',
      containerDefinitions: [{ name: 'app', image: 'nginx', portMappings: [{ containerPort: 80 }] }],
    }),
  );
  expect(taskDefinition).toMatchObject({ cpu: '512', memory: '2048', compatibilities: ['EC2', 'FARGATE'] });
  expect(taskDefinition?.containerDefinitions?.[0]?.portMappings).toEqual([
    { containerPort: 80, hostPort: 80, protocol: 'tcp' },
  ]);
});

test('RegisterTaskDefinition, beyond 64 KiB, is refused', async () => {
  const { client } = openEcs();
  const environment = [{ name: 'TEXT', value: 'é'.repeat(33_000) }];
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64, environment }];
  const registering = client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
  await expect(registering).rejects.toBeInstanceOf(ClientException);
});

test('DescribeTaskDefinition, takes family, revision and ARN, with tags when asked', async () => {
  const ecs = openEcs();
  await register(ecs, 'web');
  await ecs.client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      containerDefinitions: [{ name: 'app', image: 'nginx:2', memory: 64 }],
      tags: [{ key: 'a', value: 'b' }],
    }),
  );
  const describe = async (taskDefinition: string) =>
    await ecs.client.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
  expect((await describe('web')).taskDefinition?.revision).toBe(2);
  expect((await describe('web')).tags).toEqual([{ key: 'a', value: 'b' }]);
  expect((await describe('web:1')).taskDefinition?.revision).toBe(1);
  const arn = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1';
  expect((await describe(arn)).taskDefinition?.taskDefinitionArn).toBe(arn);
  await expect(describe('web:3')).rejects.toThrow('Unable to describe task definition.');
  await expect(describe('other')).rejects.toBeInstanceOf(ClientException);
});

test('DeregisterTaskDefinition, makes a revision INACTIVE, which starts nothing new', async () => {
  const ecs = openEcs();
  await register(ecs, 'web');
  await register(ecs, 'web');
  const { taskDefinition } = await ecs.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:2' }));
  expect(taskDefinition).toMatchObject({ status: 'INACTIVE', deregisteredAt: new Date(ecs.clock.now()) });
  const newest = await ecs.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }));
  expect(newest.taskDefinition?.revision).toBe(1);
  await ecs.client.send(new CreateClusterCommand({}));
  await expect(ecs.client.send(new RunTaskCommand({ taskDefinition: 'web:2' }))).rejects.toBeInstanceOf(
    ClientException,
  );
  expect((await register(ecs, 'web')).taskDefinition?.revision).toBe(3);
});

test('ListTaskDefinitions, orders by family and revision, filters and pages', async () => {
  const ecs = openEcs();
  for (const family of ['b', 'a', 'a', 'c', 'a-b']) await register(ecs, family);
  await ecs.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'a:1' }));
  const list = async (input: object) => {
    const names: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ecs.client.send(new ListTaskDefinitionsCommand({ ...input, maxResults: 1, nextToken }));
      names.push(...(page.taskDefinitionArns ?? []).map((arn) => arn.split('/')[1]));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return names;
  };
  expect(await list({})).toEqual(['a:2', 'a-b:1', 'b:1', 'c:1']);
  expect(await list({ sort: 'DESC' })).toEqual(['c:1', 'b:1', 'a-b:1', 'a:2']);
  expect(await list({ familyPrefix: 'a' })).toEqual(['a:2']);
  expect(await list({ status: 'INACTIVE' })).toEqual(['a:1']);
});

test('ListTaskDefinitionFamilies, filters by prefix and status and pages', async () => {
  const ecs = openEcs();
  for (const family of ['web-a', 'web-b', 'db', 'web-c']) await register(ecs, family);
  await ecs.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web-b:1' }));
  const list = async (input: object) => (await ecs.client.send(new ListTaskDefinitionFamiliesCommand(input))).families;
  expect(await list({ familyPrefix: 'web' })).toEqual(['web-a', 'web-b', 'web-c']);
  expect(await list({ familyPrefix: 'web', status: 'ACTIVE' })).toEqual(['web-a', 'web-c']);
  expect(await list({ status: 'INACTIVE' })).toEqual(['web-b']);
  expect(await list({ maxResults: 2 })).toEqual(['db', 'web-a']);
});

test('DeleteTaskDefinitions, of deregistered, active and unknown revisions, deletes the first and says why not the others', async () => {
  const ecs = openEcs();
  for (let revision = 1; revision <= 3; revision += 1) await register(ecs, 'web');
  for (const taskDefinition of ['web:1', 'web:2']) {
    await ecs.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  }
  ecs.clock.advance(1000);
  const arn = (revision: number) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/web:${revision}`;
  const remove = (...taskDefinitions: string[]) =>
    ecs.client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
  const answer = await remove('web:1', arn(2), 'web:3', 'web:9', 'web:1');
  expect(answer.taskDefinitions).toMatchObject([
    { taskDefinitionArn: arn(1), status: 'DELETE_IN_PROGRESS', deleteRequestedAt: new Date(ecs.clock.now()) },
    { taskDefinitionArn: arn(2), status: 'DELETE_IN_PROGRESS' },
  ]);
  expect(answer.failures).toEqual([
    {
      arn: arn(3),
      reason: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
    },
    { arn: arn(9), reason: 'MISSING', detail: 'The specified task definition does not exist.' },
  ]);
  ecs.clock.advance(1000);
  const again = await remove('web:1');
  expect(again.taskDefinitions?.[0]?.deleteRequestedAt).toEqual(answer.taskDefinitions?.[0]?.deleteRequestedAt);
  const described = await ecs.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' }));
  expect(described.taskDefinition).toEqual(again.taskDefinitions?.[0]);
  const listed = await ecs.client.send(new ListTaskDefinitionsCommand({ status: 'DELETE_IN_PROGRESS' }));
  expect(listed.taskDefinitionArns).toEqual([arn(1), arn(2)]);
  const inactive = await ecs.client.send(new ListTaskDefinitionsCommand({ status: 'INACTIVE' }));
  expect(inactive.taskDefinitionArns).toEqual([]);
  await ecs.client.send(new CreateClusterCommand({}));
  await expect(ecs.client.send(new RunTaskCommand({ taskDefinition: 'web:1' }))).rejects.toBeInstanceOf(
    ClientException,
  );
  expect((await register(ecs, 'web')).taskDefinition?.revision).toBe(4);
});

test('DeleteTaskDefinitions, of a family, of nothing or of more than ten, is refused', async () => {
  const ecs = openEcs();
  await register(ecs, 'web');
  const eleven = Array.from({ length: 11 }, (_, at) => `web:${at + 1}`);
  for (const taskDefinitions of [['web'], [], eleven, ['web:x']]) {
    const removing = ecs.client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
    await expect(removing).rejects.toBeInstanceOf(InvalidParameterException);
  }
});

test('RegisterTaskDefinition, of what ECS completes, answers with the defaults', async () => {
  const { client } = openEcs();
  const { taskDefinition } = await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      containerDefinitions: [
        {
          name: 'app',
          image: 'nginx',
          memory: 64,
          portMappings: [
            { containerPort: 80 },
            { containerPort: 81, hostPort: 0 },
            { containerPort: 82, protocol: 'udp' },
          ],
          healthCheck: { command: ['CMD', 'true'], retries: 7 },
        },
      ],
      volumes: [
        { name: 'empty' },
        { name: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-1' } },
        { name: 'docker', dockerVolumeConfiguration: { driver: 'local' } },
        { name: 'later', configuredAtLaunch: true },
      ],
    }),
  );
  expect(taskDefinition?.containerDefinitions?.[0]).toMatchObject({
    portMappings: [
      { containerPort: 80, hostPort: 80, protocol: 'tcp' },
      { containerPort: 81, hostPort: 81, protocol: 'tcp' },
      { containerPort: 82, hostPort: 82, protocol: 'udp' },
    ],
    healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 7 },
  });
  expect(taskDefinition?.volumes).toEqual([
    { name: 'empty', host: {} },
    { name: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' } },
    { name: 'docker', dockerVolumeConfiguration: { driver: 'local', scope: 'task' } },
    { name: 'later', configuredAtLaunch: true },
  ]);
});

test('RunTask on Fargate with overrides, takes the sizes Fargate has and no others', async () => {
  const { client } = openEcs();
  await client.send(new CreateClusterCommand({}));
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'nginx' }],
    }),
  );
  const run = (overrides: { cpu?: string; memory?: string }, launchType: 'FARGATE' | 'EC2' = 'FARGATE') =>
    client.send(
      new RunTaskCommand({
        taskDefinition: 'web',
        launchType,
        overrides,
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      }),
    );
  expect((await run({ cpu: '1 vCPU', memory: '2GB' })).tasks).toMatchObject([{ cpu: '1024', memory: '2048' }]);
  expect((await run({ memory: '4096' }, 'EC2')).tasks).toMatchObject([{ cpu: '256', memory: '4096' }]);
  const odd = run({ memory: '4096' });
  await expect(odd).rejects.toBeInstanceOf(InvalidParameterException);
  await expect(odd).rejects.toThrow('No Fargate configuration exists for given values: 256 CPU, 4096 memory.');
  await expect(run({ cpu: 'much' }, 'EC2')).rejects.toThrow("Invalid 'cpu' setting for task.");
  await expect(run({ memory: '0' }, 'EC2')).rejects.toThrow("Invalid 'memory' setting for task.");
});
