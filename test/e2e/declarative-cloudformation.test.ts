import {
  type ContainerDefinition,
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  type CreateClusterCommandInput,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { TASK_DEFINITIONS } from '#test/support/declarative/task-definition-configurations.ts';
import { registerMain } from '#test/support/e2e-ecs.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

/**
 * CloudFormation finds drift by reading each resource back and comparing every property its template has: what was
 * sent must come back as it was, defaults may only be added. Its properties are the API's members by other initials.
 */
describe('what CloudFormation makes and reads back', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack();
    await registerMain(stack.ecs, 'cfn');
  });

  it.each(Object.entries(TASK_DEFINITIONS))('AWS::ECS::TaskDefinition (%s), has not drifted', async (_what, config) => {
    const efs = { fileSystemId: 'fs-1', rootDirectory: '/', transitEncryption: 'ENABLED' as const };
    const input: RegisterTaskDefinitionCommandInput = {
      family: `cfn-${config['family']}`,
      containerDefinitions: JSON.parse(String(config['container_definitions'])) as ContainerDefinition[],
      volumes: [{ name: 'scratch' }, { name: 'efs', efsVolumeConfiguration: efs }],
      networkMode: 'bridge',
      cpu: '512',
      memory: '1024',
      tags: [{ key: 'team', value: 'web' }],
    };
    await stack.ecs.send(new RegisterTaskDefinitionCommand(input));
    const { taskDefinition, tags } = await stack.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: String(input.family), include: ['TAGS'] }),
    );
    expect({ ...taskDefinition, tags }).toMatchObject(input);
  });

  it.each<[string, Partial<CreateServiceCommandInput>]>([
    ['the least there can be', {}],
    [
      'everything that is kept',
      {
        desiredCount: 0,
        deploymentConfiguration: {
          maximumPercent: 150,
          minimumHealthyPercent: 50,
          strategy: 'ROLLING',
          bakeTimeInMinutes: 2,
          deploymentCircuitBreaker: { enable: true, rollback: false, resetOnHealthyTask: false },
          alarms: { alarmNames: ['errors'], enable: true, rollback: true },
        },
        deploymentController: { type: 'ECS' },
        enableECSManagedTags: true,
        enableExecuteCommand: true,
        healthCheckGracePeriodSeconds: 30,
        loadBalancers: [{ containerName: 'main', containerPort: 80, targetGroupArn: 'arn:aws:elb:tg' }],
        serviceRegistries: [{ registryArn: 'arn:aws:servicediscovery:r' }],
        placementConstraints: [{ type: 'distinctInstance' }],
        placementStrategy: [{ type: 'binpack', field: 'cpu' }],
        propagateTags: 'SERVICE',
        schedulingStrategy: 'REPLICA',
        availabilityZoneRebalancing: 'DISABLED',
        tags: [{ key: 'team', value: 'web' }],
      },
    ],
  ])('AWS::ECS::Service (%s), has not drifted', async (what, properties) => {
    const serviceName = what.replaceAll(' ', '-');
    const given = { ...properties, serviceName };
    await stack.ecs.send(new CreateServiceCommand({ desiredCount: 0, ...given, taskDefinition: 'cfn' }));
    const { services } = await stack.ecs.send(
      new DescribeServicesCommand({ services: [serviceName], include: ['TAGS'] }),
    );
    expect(services?.[0]).toMatchObject(given);
  });

  it('AWS::ECS::Cluster and AWS::ECS::CapacityProvider, have not drifted', async () => {
    const provider = {
      name: 'cfn-group',
      autoScalingGroupProvider: {
        autoScalingGroupArn: 'arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:u:autoScalingGroupName/g',
        managedScaling: { status: 'ENABLED' as const, targetCapacity: 90, instanceWarmupPeriod: 60 },
        managedTerminationProtection: 'DISABLED' as const,
        managedDraining: 'DISABLED' as const,
      },
      tags: [{ key: 'a', value: 'b' }],
    };
    await stack.ecs.send(new CreateCapacityProviderCommand(provider));
    const { capacityProviders } = await stack.ecs.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: ['cfn-group'], include: ['TAGS'] }),
    );
    expect(capacityProviders?.[0]).toMatchObject(provider);

    const cluster: CreateClusterCommandInput = {
      clusterName: 'cfn',
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
      capacityProviders: ['FARGATE', 'cfn-group'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'cfn-group', weight: 1, base: 0 }],
      tags: [{ key: 'a', value: 'b' }],
    };
    await stack.ecs.send(new CreateClusterCommand(cluster));
    const { clusters } = await stack.ecs.send(
      new DescribeClustersCommand({
        clusters: ['cfn'],
        include: ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'],
      }),
    );
    expect(clusters?.[0]).toMatchObject(cluster);
  });
});
