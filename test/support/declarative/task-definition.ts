import {
  type ContainerDefinition,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type EFSVolumeConfiguration,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Volume,
} from '@aws-sdk/client-ecs';
import { areEquivalent } from './container-definitions.ts';
import { block, blockSet, byDefault, computed, flag, map, number, set, text, type Values } from './plan.ts';
import { asBlock, given, only, type Resource, tagList, tagMap } from './resource.ts';

/** aws_ecs_task_definition: `container_definitions` is JSON text; any change makes a new revision. */
export const taskDefinition: Resource = {
  schema: {
    container_definitions: {
      zero: '[]',
      same: (state, wanted, config) =>
        areEquivalent(String(state), String(wanted), config['network_mode'] === 'awsvpc'),
    },
    cpu: text,
    enable_fault_injection: computed(flag),
    ephemeral_storage: block({ size_in_gib: number }),
    execution_role_arn: text,
    family: text,
    ipc_mode: text,
    memory: text,
    network_mode: computed(text),
    pid_mode: text,
    placement_constraints: blockSet({ expression: text, type: text }),
    proxy_configuration: block({ container_name: text, properties: map, type: byDefault(text, 'APPMESH') }),
    requires_compatibilities: set,
    runtime_platform: block({ cpu_architecture: text, operating_system_family: text }),
    task_role_arn: text,
    volume: blockSet({
      name: text,
      host_path: text,
      configure_at_launch: flag,
      docker_volume_configuration: block({
        autoprovision: byDefault(flag, false),
        driver: text,
        driver_opts: map,
        labels: map,
        scope: computed(text),
      }),
      efs_volume_configuration: block({
        file_system_id: text,
        root_directory: byDefault(text, '/'),
        transit_encryption: text,
        transit_encryption_port: number,
        authorization_config: block({ access_point_id: text, iam: text }),
      }),
    }),
    tags: map,
  },
  create: async (ecs, config) => {
    const { taskDefinition: made } = await ecs.send(new RegisterTaskDefinitionCommand(requestOf(config)));
    return made?.taskDefinitionArn ?? '';
  },
  read: async (ecs, id) => {
    const { taskDefinition: found, tags } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: id, include: ['TAGS'] }),
    );
    if (!found || found.status === 'INACTIVE' || found.status === 'DELETE_IN_PROGRESS') return undefined;
    const { proxyConfiguration: proxy, runtimePlatform: platform, ephemeralStorage: disk } = found;
    return {
      container_definitions: JSON.stringify(found.containerDefinitions),
      cpu: found.cpu,
      enable_fault_injection: found.enableFaultInjection,
      ephemeral_storage: asBlock(disk && { size_in_gib: disk.sizeInGiB }),
      execution_role_arn: found.executionRoleArn,
      family: found.family,
      ipc_mode: found.ipcMode,
      memory: found.memory,
      network_mode: found.networkMode,
      pid_mode: found.pidMode,
      placement_constraints: found.placementConstraints,
      proxy_configuration: asBlock(
        proxy && {
          container_name: proxy.containerName,
          type: proxy.type,
          properties: Object.fromEntries((proxy.properties ?? []).map(({ name = '', value }) => [name, value])),
        },
      ),
      requires_compatibilities: found.requiresCompatibilities,
      runtime_platform: asBlock(
        platform && {
          cpu_architecture: platform.cpuArchitecture,
          operating_system_family: platform.operatingSystemFamily,
        },
      ),
      task_role_arn: found.taskRoleArn,
      volume: (found.volumes ?? []).map(flattenVolume),
      tags: tagMap(tags),
    };
  },
  destroy: (ecs, id) => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: id })),
};

function requestOf(config: Values): RegisterTaskDefinitionCommandInput {
  const proxy = only(config['proxy_configuration']);
  const platform = only(config['runtime_platform']);
  const disk = only(config['ephemeral_storage']);
  return {
    family: config['family'] as string,
    containerDefinitions: JSON.parse(config['container_definitions'] as string) as ContainerDefinition[],
    ...(given({
      cpu: config['cpu'],
      memory: config['memory'],
      taskRoleArn: config['task_role_arn'],
      executionRoleArn: config['execution_role_arn'],
      networkMode: config['network_mode'],
      ipcMode: config['ipc_mode'],
      pidMode: config['pid_mode'],
      enableFaultInjection: config['enable_fault_injection'],
      requiresCompatibilities: config['requires_compatibilities'],
      placementConstraints: config['placement_constraints'],
      volumes: ((config['volume'] ?? []) as readonly Values[]).map(expandVolume),
    }) as Partial<RegisterTaskDefinitionCommandInput>),
    ...(disk && { ephemeralStorage: { sizeInGiB: disk['size_in_gib'] as number } }),
    ...(platform && {
      runtimePlatform: given({
        cpuArchitecture: platform['cpu_architecture'] as 'ARM64',
        operatingSystemFamily: platform['operating_system_family'] as 'LINUX',
      }),
    }),
    ...(proxy && {
      proxyConfiguration: {
        containerName: proxy['container_name'] as string,
        type: (proxy['type'] ?? 'APPMESH') as 'APPMESH',
        properties: Object.entries((proxy['properties'] ?? {}) as Record<string, string>).map(([name, value]) => ({
          name,
          value,
        })),
      },
    }),
    ...tagList(config),
  };
}

function expandVolume(config: Values): Volume {
  const docker = only(config['docker_volume_configuration']);
  const efs = only(config['efs_volume_configuration']);
  const authorization = only(efs?.['authorization_config']);
  return {
    name: config['name'] as string,
    ...(config['host_path'] ? { host: { sourcePath: config['host_path'] as string } } : {}),
    ...(config['configure_at_launch'] === undefined
      ? {}
      : { configuredAtLaunch: config['configure_at_launch'] as boolean }),
    ...(docker && {
      dockerVolumeConfiguration: {
        ...given({
          scope: docker['scope'] as 'shared',
          driver: docker['driver'] as string,
          driverOpts: docker['driver_opts'] as Record<string, string>,
          labels: docker['labels'] as Record<string, string>,
        }),
        // Left out for the scope `task`, for which ECS does not take it.
        ...(docker['scope'] === 'task' ? {} : { autoprovision: Boolean(docker['autoprovision']) }),
      },
    }),
    ...(efs && {
      efsVolumeConfiguration: {
        fileSystemId: efs['file_system_id'] as string,
        ...given({
          // An access point has a root of its own.
          rootDirectory: authorization ? undefined : ((efs['root_directory'] ?? '/') as string),
          transitEncryption: efs['transit_encryption'] as 'ENABLED',
          transitEncryptionPort: efs['transit_encryption_port'] as number,
        }),
        ...(authorization && {
          authorizationConfig: given({
            accessPointId: authorization['access_point_id'] as string,
            iam: authorization['iam'] as 'ENABLED',
          }),
        }),
      } satisfies EFSVolumeConfiguration,
    }),
  };
}

const flattenVolume = (volume: Volume): Values => {
  const { dockerVolumeConfiguration: docker, efsVolumeConfiguration: efs } = volume;
  return {
    name: volume.name,
    host_path: volume.host?.sourcePath,
    configure_at_launch: volume.configuredAtLaunch,
    docker_volume_configuration: asBlock(
      docker && {
        autoprovision: docker.autoprovision,
        driver: docker.driver,
        driver_opts: docker.driverOpts,
        labels: docker.labels,
        scope: docker.scope,
      },
    ),
    efs_volume_configuration: asBlock(
      efs && {
        file_system_id: efs.fileSystemId,
        root_directory: efs.rootDirectory,
        transit_encryption: efs.transitEncryption,
        transit_encryption_port: efs.transitEncryptionPort,
        authorization_config: asBlock(
          efs.authorizationConfig && {
            access_point_id: efs.authorizationConfig.accessPointId,
            iam: efs.authorizationConfig.iam,
          },
        ),
      },
    ),
  };
};
