import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  InvalidParameterException,
  ListServicesCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { type EcsHarness, openEcs } from '#test/support/ecs-request.ts';

async function openWithWeb(): Promise<EcsHarness> {
  const ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
  for (let revision = 1; revision <= 2; revision += 1) {
    await ecs.client.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        containerDefinitions,
        requiresCompatibilities: ['EC2', 'FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
      }),
    );
  }
  return ecs;
}

const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

const create = ({ client }: EcsHarness, input: Partial<CreateServiceCommandInput> = {}) =>
  client.send(
    new CreateServiceCommand({
      serviceName: 'log',
      taskDefinition: 'web:1',
      schedulingStrategy: 'DAEMON',
      networkConfiguration,
      ...input,
    }),
  );

const update = ({ client }: EcsHarness, input: Partial<UpdateServiceCommandInput>) =>
  client.send(new UpdateServiceCommand({ service: 'log', ...input }));

describe('daemon service at the API', () => {
  test('CreateService, without a desired count, answers a daemon with the defaults ECS gives one', async () => {
    const ecs = await openWithWeb();
    const { service } = await create(ecs);
    expect(service).toMatchObject({
      schedulingStrategy: 'DAEMON',
      status: 'ACTIVE',
      desiredCount: 0,
      launchType: 'EC2',
      availabilityZoneRebalancing: 'DISABLED',
      placementStrategy: [],
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    });
  });

  test.each([
    [{ desiredCount: 2 }, 'The daemon scheduling strategy does not support a desired count for services.'],
    [{ desiredCount: 0 }, 'The daemon scheduling strategy does not support a desired count for services.'],
    [
      { placementStrategy: [{ type: 'random' }] },
      'The daemon scheduling strategy does not support placement strategies.',
    ],
    [
      { deploymentConfiguration: { maximumPercent: 200 } },
      'The daemon scheduling strategy does not support values above 100 for maximumPercent',
    ],
    [
      { deploymentConfiguration: { maximumPercent: 50 } },
      'The daemon scheduling strategy does not support values below 100 for maximumPercent',
    ],
    [{ launchType: 'FARGATE' }, 'The daemon scheduling strategy does not support the FARGATE launch type.'],
    [{ deploymentController: { type: 'EXTERNAL' } }, 'does not support the EXTERNAL controller.'],
    [{ deploymentConfiguration: { strategy: 'BLUE_GREEN' } }, 'does not support BLUE_GREEN deployments.'],
    [{ availabilityZoneRebalancing: 'ENABLED' }, 'does not support Availability Zone rebalancing.'],
  ] as const)('CreateService, of a daemon with %j, is refused and writes nothing', async (input, message) => {
    const ecs = await openWithWeb();
    const refused = create(ecs, input as Partial<CreateServiceCommandInput>);
    await expect(refused).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(refused).rejects.toThrow(message);
    const { failures } = await ecs.client.send(new DescribeServicesCommand({ services: ['log'] }));
    expect(failures).toMatchObject([{ reason: 'MISSING' }]);
  });

  test('CreateService, in a cluster with a default strategy, wants a launch type as on ECS', async () => {
    const ecs = await openWithWeb();
    await ecs.client.send(
      new CreateCapacityProviderCommand({
        name: 'own',
        autoScalingGroupProvider: { autoScalingGroupArn: 'workers' },
      }),
    );
    await ecs.client.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'default',
        capacityProviders: ['own'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'own', weight: 1 }],
      }),
    );
    await expect(create(ecs)).rejects.toThrow(
      'Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.',
    );
    const { service } = await create(ecs, { launchType: 'EC2' });
    expect(service?.launchType).toBe('EC2');
  });

  test('UpdateService, of a daemon, refuses what its creation refuses and takes what it takes', async () => {
    const ecs = await openWithWeb();
    await create(ecs);
    await expect(update(ecs, { desiredCount: 1 })).rejects.toThrow(
      'The daemon scheduling strategy does not support a desired count for services.',
    );
    await expect(update(ecs, { placementStrategy: [{ type: 'random' }] })).rejects.toThrow(
      'The daemon scheduling strategy does not support placement strategies.',
    );
    await expect(update(ecs, { deploymentConfiguration: { maximumPercent: 150 } })).rejects.toThrow(
      'does not support values above 100 for maximumPercent',
    );
    await expect(update(ecs, { deploymentConfiguration: { strategy: 'BLUE_GREEN' } })).rejects.toThrow(
      'The daemon scheduling strategy does not support BLUE_GREEN deployments.',
    );
    await expect(update(ecs, { availabilityZoneRebalancing: 'ENABLED' })).rejects.toThrow(
      'The daemon scheduling strategy does not support Availability Zone rebalancing. Set availabilityZoneRebalancing to DISABLED.',
    );
    await update(ecs, { deploymentConfiguration: { strategy: 'ROLLING' }, availabilityZoneRebalancing: 'DISABLED' });
    const { service } = await update(ecs, {
      taskDefinition: 'web:2',
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
    });
    expect(service).toMatchObject({
      schedulingStrategy: 'DAEMON',
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
    });
  });

  test('ListServices, by scheduling strategy, tells daemons from replicas', async () => {
    const ecs = await openWithWeb();
    await create(ecs);
    await create(ecs, { serviceName: 'shop', schedulingStrategy: 'REPLICA', desiredCount: 1 });
    const names = async (schedulingStrategy?: 'DAEMON' | 'REPLICA') => {
      const { serviceArns = [] } = await ecs.client.send(new ListServicesCommand({ schedulingStrategy }));
      return serviceArns.map((arn) => arn.split('/').at(-1)).sort();
    };
    expect(await names('DAEMON')).toEqual(['log']);
    expect(await names('REPLICA')).toEqual(['shop']);
    expect(await names()).toEqual(['log', 'shop']);
  });

  test('CreateService, repeated with its token, answers the same daemon', async () => {
    const ecs = await openWithWeb();
    const first = await create(ecs, { clientToken: 'once' });
    const second = await create(ecs, { clientToken: 'once' });
    expect(second.service?.deployments?.[0]?.id).toBe(first.service?.deployments?.[0]?.id);
    await expect(create(ecs, { clientToken: 'once', schedulingStrategy: 'REPLICA', desiredCount: 1 })).rejects.toThrow(
      'Creation of service was not idempotent.',
    );
  });
});
