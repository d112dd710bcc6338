import { readFileSync } from 'node:fs';
import {
  ClientException,
  CreateClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { type EcsHarness, openEcs, PRINCIPAL } from '#test/support/ecs-request.ts';

const register = ({ client }: EcsHarness, family: string) =>
  client.send(
    new RegisterTaskDefinitionCommand({ family, containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }] }),
  );

/** A corpus file as RegisterTaskDefinition's input; samples written for other tools lack a family or wrap it. */
function corpus(name: string): RegisterTaskDefinitionCommandInput {
  const file = new URL(`../../../support/taskdefs/${name}.json`, import.meta.url);
  const document = JSON.parse(readFileSync(file, 'utf8'));
  return { family: 'sample', ...(document.taskDefinition ?? document) };
}

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

test.each([
  'ecspresso-run-test-td',
  'kecs-nginx-with-log-generator',
  'kecs-service-to-service-communication-backend',
  'awssamples-nginx_ec2',
  'awssamples-consulclient',
  'awssamples-gunicorn_ec2',
])('RegisterTaskDefinition, of the sample %s, keeps every member given', async (name) => {
  const { client } = openEcs();
  const { tags: _tags, ...input } = corpus(name);
  const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(input));
  expect(taskDefinition).toMatchObject(input);
  const read = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: input.family }));
  expect(read.taskDefinition).toEqual(taskDefinition);
});

test.each([
  ['awssamples-nginx_fargate', 'execution role ARN to support log driver awslogs'],
  ['awssamples-tomcat_ec2', 'the host ports and container ports in port mappings must match'],
])('RegisterTaskDefinition, of the sample %s that AWS refuses, is refused', async (name, reason) => {
  const { client } = openEcs();
  const registering = client.send(new RegisterTaskDefinitionCommand(corpus(name)));
  await expect(registering).rejects.toBeInstanceOf(ClientException);
  await expect(registering).rejects.toThrow(reason);
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
