import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteServiceCommand,
  DescribeServicesCommand,
  InvalidParameterException,
  ListServicesCommand,
  RegisterTaskDefinitionCommand,
  ServiceNotFoundException,
  UnsupportedFeatureException,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { put, read, serviceStates, services } from '#control/records.ts';
import { deployed } from '#test/support/deployed.ts';
import { type EcsHarness, openEcs, PRINCIPAL } from '#test/support/ecs-request.ts';

async function openWithWeb(): Promise<EcsHarness> {
  const ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
  for (let revision = 1; revision <= 2; revision += 1) {
    await ecs.client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
  }
  return ecs;
}

const create = ({ client }: EcsHarness, input: Partial<CreateServiceCommandInput> = {}) =>
  client.send(new CreateServiceCommand({ serviceName: 'shop', taskDefinition: 'web:1', desiredCount: 2, ...input }));

/** Does what the service worker will do: takes the intent in, with one finished deployment. */
async function settle({ deps }: EcsHarness): Promise<void> {
  const id = { cluster: 'default', service: 'shop' };
  const service = await read(deps.store, services, id);
  if (!service) throw new Error('there is no service to settle');
  const { deployment, generation } = deployed(service.value);
  const state = {
    cluster: 'default',
    name: 'shop',
    generation,
    deployments: [{ ...deployment, rolloutState: 'COMPLETED', updatedAt: deployment.createdAt, failedTasks: 0 }],
    eventSequence: 0,
    steady: true,
  } as const;
  await deps.store.transact([put(serviceStates, id, state, 'absent')]);
}

test('CreateService, answers with ECS defaults and one PRIMARY deployment without tasks', async () => {
  const ecs = await openWithWeb();
  const { service } = await create(ecs, { tags: [{ key: 'a', value: 'b' }] });
  expect(service).toMatchObject({
    serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/default/shop',
    serviceName: 'shop',
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/default',
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 0,
    pendingCount: 0,
    launchType: 'EC2',
    taskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1',
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200, strategy: 'ROLLING' },
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    availabilityZoneRebalancing: 'ENABLED',
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    loadBalancers: [],
    events: [],
    createdBy: PRINCIPAL,
    tags: [{ key: 'a', value: 'b' }],
  });
  expect(service?.deployments).toMatchObject([
    {
      status: 'PRIMARY',
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      failedTasks: 0,
      rolloutState: 'IN_PROGRESS',
    },
  ]);
  expect(service?.deployments?.[0]?.id).toMatch(/^ecs-svc\/\d{19}$/);
});

test('CreateService, of a name that is taken, is refused unless it repeats its own token', async () => {
  const ecs = await openWithWeb();
  const first = await create(ecs, { clientToken: 'token' });
  const again = await create(ecs, { clientToken: 'token' });
  expect(again.service?.deployments?.[0]?.id).toBe(first.service?.deployments?.[0]?.id);
  await expect(create(ecs)).rejects.toThrow('Creation of service was not idempotent.');
});

test('CreateService, with what Berth cannot do yet, is refused by name', async () => {
  const ecs = await openWithWeb();
  for (const input of [
    { deploymentController: { type: 'CODE_DEPLOY' } },
    { deploymentConfiguration: { strategy: 'BLUE_GREEN' } },
    { serviceConnectConfiguration: { enabled: true } },
  ] as const) {
    await expect(create(ecs, input)).rejects.toBeInstanceOf(UnsupportedFeatureException);
  }
  await expect(create(ecs, { desiredCount: undefined })).rejects.toBeInstanceOf(InvalidParameterException);
});

test('health check grace period, is shown as it was set last, and not at all before', async () => {
  const ecs = await openWithWeb();
  const shown = async () =>
    (await ecs.client.send(new DescribeServicesCommand({ services: ['shop'] }))).services?.[0]
      ?.healthCheckGracePeriodSeconds;
  await create(ecs);
  expect(await shown()).toBeUndefined();
  await ecs.client.send(new UpdateServiceCommand({ service: 'shop', healthCheckGracePeriodSeconds: 30 }));
  expect(await shown()).toBe(30);
  await ecs.client.send(new UpdateServiceCommand({ service: 'shop', desiredCount: 1 }));
  expect(await shown()).toBe(30);
  await ecs.client.send(new UpdateServiceCommand({ service: 'shop', healthCheckGracePeriodSeconds: 0 }));
  expect(await shown()).toBe(0);
});

test('UpdateService, with another definition, shows the new deployment before the worker has seen it', async () => {
  const ecs = await openWithWeb();
  await create(ecs);
  await settle(ecs);
  const { service } = await ecs.client.send(new UpdateServiceCommand({ service: 'shop', taskDefinition: 'web:2' }));
  expect(service?.deployments).toMatchObject([
    { status: 'PRIMARY', runningCount: 0, rolloutState: 'IN_PROGRESS' },
    { status: 'ACTIVE', rolloutState: 'COMPLETED' },
  ]);
  expect(service?.taskDefinition).toMatch(/web:2$/);
});

test('UpdateService, of count and percentages, keeps the deployment and everything not named', async () => {
  const ecs = await openWithWeb();
  await create(ecs, {
    deploymentConfiguration: { minimumHealthyPercent: 50, deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  const { service } = await ecs.client.send(
    new UpdateServiceCommand({ service: 'shop', desiredCount: 3, deploymentConfiguration: { maximumPercent: 150 } }),
  );
  expect(service?.deployments).toHaveLength(1);
  expect(service).toMatchObject({
    desiredCount: 3,
    deploymentConfiguration: {
      minimumHealthyPercent: 50,
      maximumPercent: 150,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
  });
  await expect(ecs.client.send(new UpdateServiceCommand({ service: 'gone' }))).rejects.toBeInstanceOf(
    ServiceNotFoundException,
  );
});

test('DescribeServices, takes names and ARNs, shows tags when asked and reports missing ones', async () => {
  const ecs = await openWithWeb();
  await create(ecs, { tags: [{ key: 'a', value: 'b' }] });
  const arn = 'arn:aws:ecs:eu-west-1:123456789012:service/default/shop';
  const answer = await ecs.client.send(new DescribeServicesCommand({ services: ['shop', arn, 'gone'] }));
  expect(answer.services).toMatchObject([{ serviceArn: arn, tags: [] }]);
  expect(answer.failures).toEqual([{ arn: arn.replace('shop', 'gone'), reason: 'MISSING' }]);
  const tagged = await ecs.client.send(new DescribeServicesCommand({ services: [arn], include: ['TAGS'] }));
  expect(tagged.services?.[0]?.tags).toEqual([{ key: 'a', value: 'b' }]);
});

test('ListServices, pages by ten unless told, and filters by launch type', async () => {
  const ecs = await openWithWeb();
  const names = Array.from({ length: 12 }, (_, index) => `shop-${String.fromCharCode(97 + index)}`);
  for (const serviceName of names) await create(ecs, { serviceName });
  const first = await ecs.client.send(new ListServicesCommand({}));
  expect(first.serviceArns).toHaveLength(10);
  const second = await ecs.client.send(new ListServicesCommand({ nextToken: first.nextToken }));
  expect([...(first.serviceArns ?? []), ...(second.serviceArns ?? [])].map((arn) => arn.split('/')[2])).toEqual(names);
  expect(second.nextToken).toBeUndefined();
  expect((await ecs.client.send(new ListServicesCommand({ launchType: 'FARGATE' }))).serviceArns).toEqual([]);
});

test('DeleteService, of a service that wants tasks, needs force and leaves it DRAINING', async () => {
  const ecs = await openWithWeb();
  await create(ecs);
  await expect(ecs.client.send(new DeleteServiceCommand({ service: 'shop' }))).rejects.toBeInstanceOf(
    InvalidParameterException,
  );
  const { service } = await ecs.client.send(new DeleteServiceCommand({ service: 'shop', force: true }));
  expect(service).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
  await expect(ecs.client.send(new DeleteServiceCommand({ service: 'gone' }))).rejects.toBeInstanceOf(
    ServiceNotFoundException,
  );
});
