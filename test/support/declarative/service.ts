import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteServiceCommand,
  type DeploymentConfiguration,
  DescribeServicesCommand,
  type LoadBalancer,
  type NetworkConfiguration,
  type PlacementConstraint,
  type PlacementStrategy,
  type ServiceRegistry,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { expandStrategy, strategySet } from './capacity.ts';
import { block, blockSet, byDefault, computed, flag, map, number, plan, set, text, type Values } from './plan.ts';
import { given, only, type Resource, tagList, tagMap } from './resource.ts';
import { flattenService } from './service-read.ts';

const schema: Resource['schema'] = {
  alarms: computed(block({ alarm_names: set, enable: flag, rollback: flag })),
  availability_zone_rebalancing: computed(text),
  capacity_provider_strategy: strategySet,
  cluster: computed(text),
  deployment_circuit_breaker: computed(block({ enable: flag, rollback: flag })),
  deployment_configuration: computed(block({ bake_time_in_minutes: computed(text), strategy: computed(text) })),
  deployment_controller: computed(block({ type: byDefault(text, 'ECS') })),
  deployment_maximum_percent: byDefault(number, 200),
  deployment_minimum_healthy_percent: byDefault(number, 100),
  desired_count: number,
  enable_ecs_managed_tags: byDefault(flag, false),
  enable_execute_command: byDefault(flag, false),
  health_check_grace_period_seconds: number,
  iam_role: computed(text),
  launch_type: computed(text),
  load_balancer: blockSet({ container_name: text, container_port: number, elb_name: text, target_group_arn: text }),
  name: text,
  network_configuration: block({ assign_public_ip: byDefault(flag, false), security_groups: set, subnets: set }),
  ordered_placement_strategy: block({ field: text, type: text }),
  placement_constraints: blockSet({ expression: text, type: text }),
  platform_version: computed(text),
  propagate_tags: { zero: '', same: (state, wanted) => state === 'NONE' && wanted === '' },
  scheduling_strategy: byDefault(text, 'REPLICA'),
  service_connect_configuration: block({ enabled: flag, namespace: computed(text) }),
  service_registries: block({ container_name: text, container_port: number, port: number, registry_arn: text }),
  tags: map,
  task_definition: text,
};

const clusterOf = (config: Values): string => config['cluster'] as string;

/** aws_ecs_service */
export const service: Resource = {
  schema,
  create: async (ecs, config) => {
    const { service: made } = await ecs.send(new CreateServiceCommand(createRequest(config)));
    return made?.serviceArn ?? '';
  },
  read: async (ecs, id, config) => {
    const { services } = await ecs.send(
      new DescribeServicesCommand({ cluster: clusterOf(config), services: [id], include: ['TAGS'] }),
    );
    const found = services?.[0];
    if (found?.status !== 'ACTIVE') return undefined;
    return { ...flattenService(found, config), tags: tagMap(found.tags) };
  },
  update: (ecs, id, config, before) => {
    const changed = new Set(plan(schema, config, before).map((line) => line.slice(0, line.indexOf(':'))));
    return ecs.send(new UpdateServiceCommand(updateRequest(id, config, changed)));
  },
  destroy: async (ecs, id, config) => {
    await ecs.send(new UpdateServiceCommand({ cluster: clusterOf(config), service: id, desiredCount: 0 }));
    await ecs.send(new DeleteServiceCommand({ cluster: clusterOf(config), service: id }));
  },
};

const deployment = (config: Values, isWanted: (...names: readonly string[]) => boolean): DeploymentConfiguration => {
  const alarms = only(config['alarms']);
  const breaker = only(config['deployment_circuit_breaker']);
  const rollout = only(config['deployment_configuration']);
  return {
    ...(isWanted('deployment_maximum_percent', 'deployment_minimum_healthy_percent') && {
      maximumPercent: (config['deployment_maximum_percent'] ?? 200) as number,
      minimumHealthyPercent: (config['deployment_minimum_healthy_percent'] ?? 100) as number,
    }),
    ...(isWanted('alarms') &&
      alarms && {
        alarms: {
          alarmNames: [...(alarms['alarm_names'] as readonly string[])],
          enable: Boolean(alarms['enable']),
          rollback: Boolean(alarms['rollback']),
        },
      }),
    ...(isWanted('deployment_circuit_breaker') &&
      breaker && {
        deploymentCircuitBreaker: { enable: Boolean(breaker['enable']), rollback: Boolean(breaker['rollback']) },
      }),
    ...(isWanted('deployment_configuration') &&
      rollout && {
        strategy: rollout['strategy'] as 'ROLLING',
        ...(rollout['bake_time_in_minutes'] === undefined
          ? {}
          : { bakeTimeInMinutes: Number(rollout['bake_time_in_minutes']) }),
      }),
  };
};

/** Sent on create when set, on update when changed. */
const shared = (config: Values) => ({
  load_balancer: { loadBalancers: expandBalancers(config['load_balancer']) },
  ordered_placement_strategy: {
    placementStrategy: ((config['ordered_placement_strategy'] ?? []) as readonly Values[]).map(
      (one) => given({ type: one['type'], field: one['field'] }) as PlacementStrategy,
    ),
  },
  placement_constraints: {
    placementConstraints: ((config['placement_constraints'] ?? []) as readonly Values[]).map(
      (one) => given({ type: one['type'], expression: one['expression'] }) as PlacementConstraint,
    ),
  },
  service_registries: {
    serviceRegistries: ((config['service_registries'] ?? []) as readonly Values[]).map(
      (one) =>
        given({
          registryArn: one['registry_arn'],
          port: one['port'],
          containerName: one['container_name'],
          containerPort: one['container_port'],
        }) as ServiceRegistry,
    ),
  },
  network_configuration: { networkConfiguration: expandNetwork(only(config['network_configuration'])) },
  availability_zone_rebalancing: {
    availabilityZoneRebalancing: config['availability_zone_rebalancing'] as 'ENABLED' | undefined,
  },
  health_check_grace_period_seconds: {
    healthCheckGracePeriodSeconds: config['health_check_grace_period_seconds'] as number | undefined,
  },
  platform_version: { platformVersion: config['platform_version'] as string | undefined },
  propagate_tags: { propagateTags: config['propagate_tags'] as 'SERVICE' | undefined },
  service_connect_configuration: {
    serviceConnectConfiguration: {
      enabled: Boolean(only(config['service_connect_configuration'])?.['enabled']),
    },
  },
  task_definition: { taskDefinition: config['task_definition'] as string },
});

/** Terraform's ids of requests have 36 characters. */
const token = (config: Values): string => `terraform-${String(config['name']).padEnd(26, '0').slice(0, 26)}`;

function createRequest(config: Values): CreateServiceCommandInput {
  const isSet = (name: string): boolean => config[name] !== undefined;
  const sent = Object.entries(shared(config)).filter(([name]) => isSet(name) || name === 'placement_constraints');
  return {
    serviceName: config['name'] as string,
    cluster: clusterOf(config),
    clientToken: token(config),
    capacityProviderStrategy: expandStrategy(config['capacity_provider_strategy']),
    deploymentConfiguration: deployment(config, () => true),
    deploymentController: isSet('deployment_controller')
      ? { type: (only(config['deployment_controller'])?.['type'] ?? 'ECS') as 'ECS' }
      : undefined,
    desiredCount: (config['desired_count'] ?? 0) as number,
    enableECSManagedTags: Boolean(config['enable_ecs_managed_tags']),
    enableExecuteCommand: Boolean(config['enable_execute_command']),
    schedulingStrategy: (config['scheduling_strategy'] ?? 'REPLICA') as 'REPLICA',
    ...Object.assign({}, ...sent.map(([, members]) => members)),
    ...given({ role: config['iam_role'] as string, launchType: config['launch_type'] as 'EC2' }),
    ...tagList(config),
  };
}

function updateRequest(id: string, config: Values, changed: ReadonlySet<string>): UpdateServiceCommandInput {
  const isWanted = (...names: readonly string[]): boolean => names.some((name) => changed.has(name));
  const configuration = deployment(config, isWanted);
  const sent = Object.entries(shared(config)).filter(([name]) => isWanted(name));
  return {
    service: id,
    cluster: clusterOf(config),
    forceNewDeployment: Boolean(config['force_new_deployment']),
    ...(Object.keys(configuration).length > 0 && { deploymentConfiguration: configuration }),
    ...(isWanted('desired_count') && { desiredCount: (config['desired_count'] ?? 0) as number }),
    ...(isWanted('enable_ecs_managed_tags') && { enableECSManagedTags: Boolean(config['enable_ecs_managed_tags']) }),
    ...(isWanted('enable_execute_command') && { enableExecuteCommand: Boolean(config['enable_execute_command']) }),
    ...(isWanted('capacity_provider_strategy') && {
      capacityProviderStrategy: expandStrategy(config['capacity_provider_strategy']),
    }),
    ...Object.assign({}, ...sent.map(([, members]) => members)),
  };
}

const expandBalancers = (value: unknown): LoadBalancer[] =>
  ((value ?? []) as readonly Values[]).map((one) =>
    given({
      containerName: one['container_name'] as string,
      containerPort: one['container_port'] as number,
      loadBalancerName: one['elb_name'] as string,
      targetGroupArn: one['target_group_arn'] as string,
    }),
  );

const expandNetwork = (config: Values | undefined): NetworkConfiguration | undefined =>
  config && {
    awsvpcConfiguration: {
      subnets: [...(config['subnets'] as readonly string[])],
      securityGroups: [...((config['security_groups'] ?? []) as readonly string[])],
      assignPublicIp: config['assign_public_ip'] ? 'ENABLED' : 'DISABLED',
    },
  };
