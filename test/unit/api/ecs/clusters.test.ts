import {
  ClusterContainsServicesException,
  ClusterContainsTasksException,
  ClusterNotFoundException,
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  InvalidParameterException,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { put, serviceEntries, services } from '#control/records.ts';
import { aService } from '#test/support/a-service.ts';
import { openEcs } from '#test/support/ecs-request.ts';

test('CreateCluster without a name, makes default with ECS settings', async () => {
  const { client } = openEcs();
  const { cluster } = await client.send(new CreateClusterCommand({}));
  expect(cluster).toEqual({
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/default',
    clusterName: 'default',
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: 0,
    statistics: [],
    tags: [],
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  });
});

test('CreateCluster, repeated, answers with the cluster as it stands', async () => {
  const { client } = openEcs();
  await client.send(new CreateClusterCommand({ clusterName: 'a', tags: [{ key: 'team', value: 'blue' }] }));
  const { cluster } = await client.send(new CreateClusterCommand({ clusterName: 'a' }));
  expect(cluster?.tags).toEqual([{ key: 'team', value: 'blue' }]);
});

test('DescribeClusters, takes names and ARNs, shows tags when asked and reports what is missing', async () => {
  const { client } = openEcs();
  await client.send(new CreateClusterCommand({ clusterName: 'a', tags: [{ key: 'team', value: 'blue' }] }));
  const arn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/a';
  const plain = await client.send(new DescribeClustersCommand({ clusters: [arn, 'gone'] }));
  expect(plain.clusters).toMatchObject([{ clusterArn: arn, tags: [], settings: [] }]);
  expect(plain.failures).toEqual([{ arn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/gone', reason: 'MISSING' }]);
  const full = await client.send(new DescribeClustersCommand({ clusters: ['a'], include: ['TAGS'] }));
  expect(full.clusters?.[0]?.tags).toEqual([{ key: 'team', value: 'blue' }]);
});

test('ListClusters, pages in order and refuses a token of another listing', async () => {
  const { client } = openEcs();
  for (const clusterName of ['c', 'a', 'b', 'd', 'e']) await client.send(new CreateClusterCommand({ clusterName }));
  await client.send(new DeleteClusterCommand({ cluster: 'b' }));
  const names: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListClustersCommand({ maxResults: 2, nextToken }));
    names.push(...(page.clusterArns ?? []).map((arn) => arn.split('/').at(-1)));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(names).toEqual(['a', 'c', 'd', 'e']);
  const { nextToken: token = '' } = await client.send(new ListClustersCommand({ maxResults: 1 }));
  const forged = `${token.slice(0, -2)}AA`;
  await expect(client.send(new ListClustersCommand({ nextToken: forged }))).rejects.toBeInstanceOf(
    InvalidParameterException,
  );
});

test('DeleteCluster, leaves an INACTIVE cluster that can be described and made again', async () => {
  const { client } = openEcs();
  await client.send(new CreateClusterCommand({ clusterName: 'a' }));
  const { cluster } = await client.send(new DeleteClusterCommand({ cluster: 'a' }));
  expect(cluster?.status).toBe('INACTIVE');
  expect((await client.send(new DescribeClustersCommand({ clusters: ['a'] }))).clusters).toMatchObject([
    { status: 'INACTIVE' },
  ]);
  await expect(client.send(new DeleteClusterCommand({ cluster: 'a' }))).rejects.toBeInstanceOf(
    ClusterNotFoundException,
  );
  expect((await client.send(new CreateClusterCommand({ clusterName: 'a' }))).cluster?.status).toBe('ACTIVE');
});

test('DeleteCluster, of a cluster that holds services or tasks, is refused', async () => {
  const { client, deps } = openEcs();
  await client.send(new CreateClusterCommand({ clusterName: 'a' }));
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      containerDefinitions: [{ name: 'web', image: 'nginx', memory: 64 }],
    }),
  );
  await client.send(new RunTaskCommand({ cluster: 'a', taskDefinition: 'web' }));
  await expect(client.send(new DeleteClusterCommand({ cluster: 'a' }))).rejects.toBeInstanceOf(
    ClusterContainsTasksException,
  );
  await deps.store.transact([
    put(services, { cluster: 'a', service: 'web' }, aService({ cluster: 'a' }), 'absent'),
    put(serviceEntries, { cluster: 'a', service: 'web' }, { name: 'web' }, 'absent'),
  ]);
  await expect(client.send(new DeleteClusterCommand({ cluster: 'a' }))).rejects.toBeInstanceOf(
    ClusterContainsServicesException,
  );
  const { clusters } = await client.send(new DescribeClustersCommand({ clusters: ['a'] }));
  expect(clusters).toMatchObject([
    { status: 'ACTIVE', activeServicesCount: 1, pendingTasksCount: 1, runningTasksCount: 0 },
  ]);
});
