import type { Values } from './plan.ts';

const TARGETS = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/web/1234567890123456';

/** Configurations of aws_ecs_service; each gets a name, a cluster and a task definition of its own. */
export const SERVICES: Readonly<Record<string, Values>> = {
  'the least there can be': {},
  'two tasks on EC2': { desired_count: 2, launch_type: 'EC2' },
  'percentages, breaker and controller': {
    desired_count: 1,
    deployment_maximum_percent: 150,
    deployment_minimum_healthy_percent: 50,
    deployment_circuit_breaker: [{ enable: true, rollback: true }],
    deployment_controller: [{ type: 'ECS' }],
    deployment_configuration: [{ strategy: 'ROLLING', bake_time_in_minutes: '5' }],
  },
  'alarms, tags and propagation': {
    alarms: [{ alarm_names: ['errors', 'latency'], enable: true, rollback: false }],
    tags: { team: 'web', stage: 'live' },
    propagate_tags: 'SERVICE',
    enable_ecs_managed_tags: true,
    enable_execute_command: true,
  },
  'a load balancer and a registry': {
    load_balancer: [{ container_name: 'main', container_port: 80, target_group_arn: TARGETS }],
    health_check_grace_period_seconds: 60,
    service_registries: [
      {
        registry_arn: 'arn:aws:servicediscovery:eu-west-1:000000000000:service/srv-1',
        container_name: 'main',
        container_port: 80,
      },
    ],
  },
  'placement of its own': {
    ordered_placement_strategy: [
      { type: 'spread', field: 'attribute:ecs.availability-zone' },
      { type: 'binpack', field: 'memory' },
    ],
    placement_constraints: [{ type: 'distinctInstance' }, { type: 'memberOf', expression: 'agentConnected == true' }],
  },
  'rebalancing off': { availability_zone_rebalancing: 'DISABLED' },
  'service connect switched off': { service_connect_configuration: [{ enabled: false }] },
};

export const FARGATE_SERVICES: Readonly<Record<string, Values>> = {
  'a network, and the newest platform': {
    launch_type: 'FARGATE',
    network_configuration: [{ subnets: ['subnet-b', 'subnet-a'], security_groups: ['sg-1'] }],
  },
  'a platform of its own, and a public address': {
    launch_type: 'FARGATE',
    platform_version: '1.4.0',
    network_configuration: [{ subnets: ['subnet-a'], assign_public_ip: true }],
  },
  'a capacity provider strategy': {
    capacity_provider_strategy: [
      { capacity_provider: 'FARGATE', base: 1, weight: 1 },
      { capacity_provider: 'FARGATE_SPOT', weight: 3 },
    ],
    network_configuration: [{ subnets: ['subnet-a'] }],
  },
};
