import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
  DescribeServicesCommand,
  InvalidParameterException,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  ResourceInUseException,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { openEcs } from '#test/support/ecs-request.ts';

const FARGATE = ['FARGATE', 'FARGATE_SPOT'];
const share = (capacityProvider: string, weight: number, base?: number) => ({ capacityProvider, weight, base });
const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

/** A cluster with these providers, and a definition that runs on any of them. */
async function open(capacityProviders: string[], strategy: ReturnType<typeof share>[] = []) {
  const ecs = openEcs();
  for (const name of capacityProviders.filter((name) => !FARGATE.includes(name))) {
    const autoScalingGroupProvider = { autoScalingGroupArn: name };
    await ecs.client.send(new CreateCapacityProviderCommand({ name, autoScalingGroupProvider }));
  }
  await ecs.client.send(new CreateClusterCommand({ capacityProviders, defaultCapacityProviderStrategy: strategy }));
  await ecs.client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE', 'EC2'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'web', image: 'nginx' }],
    }),
  );
  const run = (input: { count?: number; launchType?: 'EC2'; capacityProviderStrategy?: ReturnType<typeof share>[] }) =>
    ecs.client.send(new RunTaskCommand({ taskDefinition: 'web', networkConfiguration, ...input }));
  const put = (providers: string[]) =>
    ecs.client.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'default',
        capacityProviders: providers,
        defaultCapacityProviderStrategy: [],
      }),
    );
  const create = (capacityProviderStrategy?: ReturnType<typeof share>[]) =>
    ecs.client.send(
      new CreateServiceCommand({
        serviceName: 'shop',
        taskDefinition: 'web',
        desiredCount: 1,
        networkConfiguration,
        capacityProviderStrategy,
      }),
    );
  return { ...ecs, run, put, create };
}

test('RunTask, with a strategy, shares the tasks out and shows on each whose it is', async () => {
  const { run } = await open(FARGATE);
  const { tasks } = await run({
    count: 4,
    capacityProviderStrategy: [share('FARGATE', 0, 1), share('FARGATE_SPOT', 1)],
  });
  expect(tasks?.map(({ capacityProviderName, launchType }) => [capacityProviderName, launchType])).toEqual([
    ['FARGATE', 'FARGATE'],
    ['FARGATE_SPOT', 'FARGATE'],
    ['FARGATE_SPOT', 'FARGATE'],
    ['FARGATE_SPOT', 'FARGATE'],
  ]);
});

test('RunTask, without launch type and strategy, takes the default of the cluster; with a launch type, it does not', async () => {
  const { run } = await open(['metal'], [share('metal', 1)]);
  expect((await run({})).tasks).toMatchObject([{ capacityProviderName: 'metal', launchType: 'EC2' }]);
  const [plain] = (await run({ launchType: 'EC2' })).tasks ?? [];
  expect([plain?.launchType, plain?.capacityProviderName]).toEqual(['EC2', undefined]);
});

test('RunTask, where the default has no weight at all, is refused', async () => {
  const { run } = await open(FARGATE, [share('FARGATE', 0), share('FARGATE_SPOT', 0)]);
  await expect(run({})).rejects.toBeInstanceOf(InvalidParameterException);
});

test('CreateService, with a strategy or the default of the cluster, shows it in place of a launch type', async () => {
  const asked = await open(['metal']);
  const { service } = await asked.create([share('metal', 1)]);
  expect(service).toMatchObject({
    capacityProviderStrategy: [{ capacityProvider: 'metal', weight: 1, base: 0 }],
    deployments: [{ capacityProviderStrategy: [{ capacityProvider: 'metal', weight: 1, base: 0 }] }],
  });
  expect([service?.launchType, service?.deployments?.[0]?.launchType]).toEqual([undefined, undefined]);
  const byDefault = await open(FARGATE, [share('FARGATE_SPOT', 1)]);
  expect((await byDefault.create()).service).toMatchObject({
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
    platformFamily: 'Linux',
  });
});

test('CreateService, with a strategy of providers the cluster does not have, is refused', async () => {
  const { create } = await open(['metal']);
  await expect(create([share('FARGATE', 1)])).rejects.toBeInstanceOf(InvalidParameterException);
});

test('UpdateService, with another strategy, makes a new deployment; with the same or none, it does not', async () => {
  const { client, create } = await open(FARGATE);
  const first = (await create([share('FARGATE', 1)])).service?.deployments?.[0]?.id;
  const update = async (capacityProviderStrategy?: ReturnType<typeof share>[]) => {
    await client.send(new UpdateServiceCommand({ service: 'shop', capacityProviderStrategy }));
    const { services } = await client.send(new DescribeServicesCommand({ services: ['shop'] }));
    return services?.[0];
  };
  expect((await update())?.deployments?.[0]?.id).toBe(first);
  expect((await update([share('FARGATE', 1)]))?.deployments?.[0]?.id).toBe(first);
  const changed = await update([share('FARGATE_SPOT', 1)]);
  expect(changed?.deployments?.[0]?.id).not.toBe(first);
  expect(changed?.capacityProviderStrategy).toEqual([{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }]);
  const cleared = await update([]);
  expect([cleared?.capacityProviderStrategy, cleared?.launchType]).toEqual([undefined, 'FARGATE']);
});

test('PutClusterCapacityProviders, taking away what a task or a service uses, is refused until nothing does', async () => {
  const { client, run, put, create } = await open(FARGATE);
  const { tasks } = await run({ capacityProviderStrategy: [share('FARGATE', 1)] });
  await create([share('FARGATE_SPOT', 1)]);
  await expect(put(['FARGATE_SPOT'])).rejects.toBeInstanceOf(ResourceInUseException);
  await expect(put(['FARGATE'])).rejects.toBeInstanceOf(ResourceInUseException);
  await client.send(new StopTaskCommand({ task: tasks?.[0]?.taskArn ?? '' }));
  expect((await put(['FARGATE_SPOT'])).cluster?.capacityProviders).toEqual(['FARGATE_SPOT']);
});

test('DeleteCapacityProvider, while a cluster is given the provider, never leaves the cluster with one that is gone', async () => {
  const { client, put } = await open([]);
  const autoScalingGroupProvider = { autoScalingGroupArn: 'metal' };
  await client.send(new CreateCapacityProviderCommand({ name: 'metal', autoScalingGroupProvider }));
  const [given, deleted] = await Promise.allSettled([
    put(['metal']),
    client.send(new DeleteCapacityProviderCommand({ capacityProvider: 'metal' })),
  ]);
  const { capacityProviders } = await client.send(new DescribeCapacityProvidersCommand({ cluster: 'default' }));
  expect(deleted.status).toBe('fulfilled');
  if (given.status === 'fulfilled') expect(capacityProviders).toMatchObject([{ name: 'metal', status: 'ACTIVE' }]);
  else expect(capacityProviders).toEqual([]);
});

test("DescribeCapacityProviders, pages through Fargate's and then the others by name", async () => {
  const { client } = await open(['b', 'a', 'c', 'FARGATE']);
  const names: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new DescribeCapacityProvidersCommand({ maxResults: 2, nextToken }));
    names.push(...(page.capacityProviders ?? []).map(({ name }) => name));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(names).toEqual(['FARGATE', 'FARGATE_SPOT', 'a', 'b', 'c']);
});
