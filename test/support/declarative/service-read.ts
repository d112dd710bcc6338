import type { NetworkConfiguration, Service } from '@aws-sdk/client-ecs';
import { flattenStrategy } from './capacity.ts';
import type { Values } from './plan.ts';
import { asBlock } from './resource.ts';

const isArn = (value: unknown): boolean => typeof value === 'string' && value.startsWith('arn:');
const lastPart = (arn: string | undefined): string | undefined => arn?.slice(arn.indexOf('/') + 1);

/** What the provider reads of a service, in the form the configuration has: ARNs where it has ARNs, else names. */
export function flattenService(service: Service, config: Values): Values {
  const { deploymentConfiguration: configuration } = service;
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  const connect = primary?.serviceConnectConfiguration;
  return {
    ...flattenDeployment(service),
    availability_zone_rebalancing: service.availabilityZoneRebalancing,
    capacity_provider_strategy: flattenStrategy(service.capacityProviderStrategy),
    cluster: isArn(config['cluster']) ? service.clusterArn : lastPart(service.clusterArn),
    deployment_maximum_percent: configuration?.maximumPercent,
    deployment_minimum_healthy_percent: configuration?.minimumHealthyPercent,
    desired_count: service.desiredCount,
    enable_ecs_managed_tags: service.enableECSManagedTags,
    enable_execute_command: service.enableExecuteCommand,
    health_check_grace_period_seconds: service.healthCheckGracePeriodSeconds,
    iam_role: isArn(config['iam_role']) ? service.roleArn : lastPart(service.roleArn),
    launch_type: service.launchType,
    load_balancer: (service.loadBalancers ?? []).map((one) => ({
      container_name: one.containerName,
      container_port: one.containerPort,
      elb_name: one.loadBalancerName,
      target_group_arn: one.targetGroupArn,
    })),
    name: service.serviceName,
    network_configuration: asBlock(flattenNetwork(service.networkConfiguration)),
    ordered_placement_strategy: (service.placementStrategy ?? []).map(({ type, field }) => ({
      type,
      field: field === 'MEMORY' || field === 'CPU' ? field.toLowerCase() : field,
    })),
    placement_constraints: service.placementConstraints,
    platform_version: service.platformVersion,
    propagate_tags: service.propagateTags,
    scheduling_strategy: service.schedulingStrategy,
    service_connect_configuration: asBlock(connect && { enabled: connect.enabled, namespace: connect.namespace }),
    service_registries: (service.serviceRegistries ?? []).map((one) => ({
      container_name: one.containerName,
      container_port: one.containerPort,
      port: one.port,
      registry_arn: one.registryArn,
    })),
    task_definition: isArn(config['task_definition']) ? service.taskDefinition : lastPart(service.taskDefinition),
  };
}

function flattenDeployment({ deploymentConfiguration: configuration, deploymentController }: Service): Values {
  const { alarms, deploymentCircuitBreaker: breaker } = configuration ?? {};
  return {
    alarms: asBlock(alarms && { alarm_names: alarms.alarmNames, enable: alarms.enable, rollback: alarms.rollback }),
    deployment_circuit_breaker: asBlock(breaker && { enable: breaker.enable, rollback: breaker.rollback }),
    deployment_configuration: asBlock(
      configuration && {
        strategy: configuration.strategy,
        ...(configuration.bakeTimeInMinutes === undefined
          ? {}
          : { bake_time_in_minutes: String(configuration.bakeTimeInMinutes) }),
      },
    ),
    deployment_controller: [{ type: deploymentController?.type ?? 'ECS' }],
  };
}

const flattenNetwork = (configuration: NetworkConfiguration | undefined): Values | undefined =>
  configuration && {
    assign_public_ip: configuration.awsvpcConfiguration?.assignPublicIp === 'ENABLED',
    security_groups: configuration.awsvpcConfiguration?.securityGroups,
    subnets: configuration.awsvpcConfiguration?.subnets,
  };
