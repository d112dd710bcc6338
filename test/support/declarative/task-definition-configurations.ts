import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Values } from './plan.ts';

/** Text as `jsonencode` writes it; `loose` members are those real definitions have and the SDK's types do not. */
const json = (containers: readonly (Partial<ContainerDefinition> & Values)[]): string => JSON.stringify(containers);

const ROLE = 'arn:aws:iam::000000000000:role/exec';

/** Configurations of aws_ecs_task_definition, each as small or as full as people write them. */
export const TASK_DEFINITIONS: Readonly<Record<string, Values>> = {
  'the least there can be': {
    family: 'tf-least',
    container_definitions: json([{ name: 'main', image: 'nginx', memory: 64 }]),
  },
  'a web server on Fargate': {
    family: 'tf-fargate',
    cpu: '256',
    memory: '512',
    network_mode: 'awsvpc',
    requires_compatibilities: ['FARGATE'],
    execution_role_arn: ROLE,
    task_role_arn: 'arn:aws:iam::000000000000:role/app',
    runtime_platform: [{ cpu_architecture: 'ARM64', operating_system_family: 'LINUX' }],
    ephemeral_storage: [{ size_in_gib: 40 }],
    tags: { team: 'web' },
    container_definitions: json([
      {
        name: 'web',
        image: 'nginx:1.27',
        portMappings: [{ containerPort: 80, name: 'http', appProtocol: 'http' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': 'web', 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'ecs' },
        },
        secrets: [
          { name: 'B', valueFrom: 'arn:aws:ssm:eu-west-1:000000000000:parameter/b' },
          { name: 'A', valueFrom: 'arn:aws:ssm:eu-west-1:000000000000:parameter/a' },
        ],
        environment: [
          { name: 'Z', value: '1' },
          { name: 'A', value: '' },
        ],
        healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost/'], startPeriod: 10 },
      },
    ]),
  },
  'two containers in any order, with limits and dependencies': {
    family: 'tf-two',
    network_mode: 'bridge',
    container_definitions: json([
      {
        name: 'web',
        image: 'nginx',
        cpu: 128,
        memory: 128,
        memoryReservation: 64,
        essential: true,
        portMappings: [
          { containerPort: 80, hostPort: 0, protocol: 'tcp' },
          { containerPort: 53, hostPort: 5353, protocol: 'udp' },
        ],
        dependsOn: [{ containerName: 'init', condition: 'COMPLETE' }],
        ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 4096 }],
        dockerLabels: { a: 'b' },
        extraHosts: [{ hostname: 'db', ipAddress: '10.0.0.9' }],
        dnsServers: ['10.0.0.2'],
        stopTimeout: 30,
        user: '1000',
        workingDirectory: '/srv',
        readonlyRootFilesystem: true,
      },
      { name: 'init', image: 'busybox', memory: 32, essential: false, command: ['true'], entryPoint: [] },
    ]),
  },
  'empty lists written out': {
    family: 'tf-empty',
    container_definitions: json([
      {
        name: 'main',
        image: 'nginx',
        memory: 64,
        cpu: 0,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        portMappings: [],
        systemControls: [],
        command: [],
      },
    ]),
  },
  'volumes of every kind': {
    family: 'tf-volumes',
    container_definitions: json([
      {
        name: 'main',
        image: 'nginx',
        memory: 64,
        mountPoints: [
          { sourceVolume: 'scratch', containerPath: '/scratch' },
          { sourceVolume: 'efs', containerPath: '/efs', readOnly: true },
        ],
      },
    ]),
    volume: [
      { name: 'scratch' },
      { name: 'host', host_path: '/var/data' },
      { name: 'shared', docker_volume_configuration: [{ scope: 'shared', autoprovision: true, driver: 'local' }] },
      { name: 'task', docker_volume_configuration: [{ driver: 'local', labels: { a: 'b' } }] },
      { name: 'efs', efs_volume_configuration: [{ file_system_id: 'fs-12345678' }] },
      {
        name: 'point',
        efs_volume_configuration: [
          {
            file_system_id: 'fs-12345678',
            transit_encryption: 'ENABLED',
            transit_encryption_port: 2999,
            authorization_config: [{ access_point_id: 'fsap-1234567890123456', iam: 'ENABLED' }],
          },
        ],
      },
    ],
  },
  'devices, capabilities, GPU and FireLens': {
    family: 'tf-linux',
    ipc_mode: 'task',
    pid_mode: 'task',
    placement_constraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }],
    container_definitions: json([
      {
        name: 'main',
        image: 'nginx',
        memory: 64,
        linuxParameters: {
          capabilities: { drop: ['ALL'] },
          initProcessEnabled: true,
          tmpfs: [{ containerPath: '/tmp', size: 64 }],
        },
        resourceRequirements: [{ type: 'GPU', value: '1' }],
        logConfiguration: { logDriver: 'awsfirelens' },
        restartPolicy: { enabled: true, restartAttemptPeriod: 60 },
        versionConsistency: 'disabled',
      },
      {
        name: 'router',
        image: 'fluent-bit',
        memory: 64,
        firelensConfiguration: { type: 'fluentbit', options: { 'enable-ecs-log-metadata': 'true' } },
      },
    ]),
  },
  'an App Mesh proxy': {
    family: 'tf-proxy',
    network_mode: 'awsvpc',
    cpu: '512',
    memory: '1024',
    proxy_configuration: [
      { container_name: 'envoy', properties: { AppPorts: '8080', ProxyEgressPort: '15001', IgnoredUID: '1337' } },
    ],
    container_definitions: json([{ name: 'envoy', image: 'envoy' }]),
  },
};
