import {
  type ClusterConfiguration,
  type ClusterSetting,
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  UpdateClusterCommand,
} from '@aws-sdk/client-ecs';
import { block, blockSet, byDefault, computed, flag, map, text, type Values } from './plan.ts';
import { asBlock, given, only, type Resource, tagList, tagMap } from './resource.ts';

/** aws_ecs_cluster */
export const cluster: Resource = {
  schema: {
    name: text,
    configuration: block({
      execute_command_configuration: block({
        kms_key_id: text,
        logging: byDefault(text, 'DEFAULT'),
        log_configuration: block({
          cloud_watch_encryption_enabled: flag,
          cloud_watch_log_group_name: text,
          s3_bucket_encryption_enabled: flag,
          s3_bucket_name: text,
          s3_key_prefix: text,
        }),
      }),
      managed_storage_configuration: block({ fargate_ephemeral_storage_kms_key_id: text, kms_key_id: text }),
    }),
    setting: computed(blockSet({ name: text, value: text })),
    tags: map,
  },
  create: async (ecs, config) => {
    const { cluster: made } = await ecs.send(
      new CreateClusterCommand({ clusterName: config['name'] as string, ...changes(config), ...tagList(config) }),
    );
    return made?.clusterArn ?? '';
  },
  read: async (ecs, id) => {
    const { clusters } = await ecs.send(
      new DescribeClustersCommand({ clusters: [id], include: ['TAGS', 'CONFIGURATIONS', 'SETTINGS'] }),
    );
    const found = clusters?.[0];
    if (!found || found.status === 'INACTIVE') return undefined;
    return {
      name: found.clusterName,
      configuration: asBlock(found.configuration && flattened(found.configuration)),
      setting: found.settings,
      tags: tagMap(found.tags),
    };
  },
  update: (ecs, id, config) => ecs.send(new UpdateClusterCommand({ cluster: id, ...changes(config) })),
  destroy: (ecs, id) => ecs.send(new DeleteClusterCommand({ cluster: id })),
};

const changes = (config: Values) =>
  given({
    settings: config['setting'] as ClusterSetting[] | undefined,
    configuration: only(config['configuration']) && expanded(only(config['configuration']) ?? {}),
  });

function expanded(config: Values): ClusterConfiguration {
  const execute = only(config['execute_command_configuration']);
  const log = only(execute?.['log_configuration']);
  const storage = only(config['managed_storage_configuration']);
  return {
    ...(execute && {
      executeCommandConfiguration: {
        ...given({ kmsKeyId: execute['kms_key_id'] as string }),
        logging: (execute['logging'] ?? 'DEFAULT') as 'DEFAULT',
        ...(log && {
          logConfiguration: {
            ...given({
              cloudWatchLogGroupName: log['cloud_watch_log_group_name'] as string,
              s3BucketName: log['s3_bucket_name'] as string,
              s3KeyPrefix: log['s3_key_prefix'] as string,
            }),
            cloudWatchEncryptionEnabled: Boolean(log['cloud_watch_encryption_enabled']),
            s3EncryptionEnabled: Boolean(log['s3_bucket_encryption_enabled']),
          },
        }),
      },
    }),
    ...(storage && {
      managedStorageConfiguration: given({
        fargateEphemeralStorageKmsKeyId: storage['fargate_ephemeral_storage_kms_key_id'] as string,
        kmsKeyId: storage['kms_key_id'] as string,
      }),
    }),
  };
}

const flattened = ({
  executeCommandConfiguration: execute,
  managedStorageConfiguration: storage,
}: ClusterConfiguration) => ({
  execute_command_configuration: asBlock(
    execute && {
      kms_key_id: execute.kmsKeyId,
      logging: execute.logging,
      log_configuration: asBlock(
        execute.logConfiguration && {
          cloud_watch_encryption_enabled: execute.logConfiguration.cloudWatchEncryptionEnabled,
          cloud_watch_log_group_name: execute.logConfiguration.cloudWatchLogGroupName,
          s3_bucket_encryption_enabled: execute.logConfiguration.s3EncryptionEnabled,
          s3_bucket_name: execute.logConfiguration.s3BucketName,
          s3_key_prefix: execute.logConfiguration.s3KeyPrefix,
        },
      ),
    },
  ),
  managed_storage_configuration: asBlock(
    storage && {
      fargate_ephemeral_storage_kms_key_id: storage.fargateEphemeralStorageKmsKeyId,
      kms_key_id: storage.kmsKeyId,
    },
  ),
});
