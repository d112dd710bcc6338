import {
  type CapacityProviderStrategyItem,
  CreateCapacityProviderCommand,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  type ManagedScaling,
  PutClusterCapacityProvidersCommand,
  UpdateCapacityProviderCommand,
} from '@aws-sdk/client-ecs';
import { block, blockSet, computed, map, number, set, text, type Values } from './plan.ts';
import { asBlock, given, only, type Resource, tagList, tagMap } from './resource.ts';

/** aws_ecs_capacity_provider */
export const capacityProvider: Resource = {
  schema: {
    name: text,
    auto_scaling_group_provider: block({
      auto_scaling_group_arn: text,
      managed_draining: computed(text),
      managed_termination_protection: computed(text),
      managed_scaling: computed(
        block({
          instance_warmup_period: computed(number),
          maximum_scaling_step_size: computed(number),
          minimum_scaling_step_size: computed(number),
          status: computed(text),
          target_capacity: computed(number),
        }),
      ),
    }),
    tags: map,
  },
  create: async (ecs, config) => {
    const { capacityProvider: made } = await ecs.send(
      new CreateCapacityProviderCommand({
        name: config['name'] as string,
        autoScalingGroupProvider: {
          autoScalingGroupArn: only(config['auto_scaling_group_provider'])?.['auto_scaling_group_arn'] as string,
          ...groupChanges(config),
        },
        ...tagList(config),
      }),
    );
    return made?.capacityProviderArn ?? '';
  },
  read: async (ecs, id) => {
    const { capacityProviders } = await ecs.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: [id], include: ['TAGS'] }),
    );
    const found = capacityProviders?.[0];
    if (!found || found.status === 'INACTIVE') return undefined;
    const group = found.autoScalingGroupProvider;
    const scaling = group?.managedScaling;
    return {
      name: found.name,
      auto_scaling_group_provider: asBlock(
        group && {
          auto_scaling_group_arn: group.autoScalingGroupArn,
          managed_draining: group.managedDraining,
          managed_termination_protection: group.managedTerminationProtection,
          managed_scaling: asBlock(
            scaling && {
              instance_warmup_period: scaling.instanceWarmupPeriod,
              maximum_scaling_step_size: scaling.maximumScalingStepSize,
              minimum_scaling_step_size: scaling.minimumScalingStepSize,
              status: scaling.status,
              target_capacity: scaling.targetCapacity,
            },
          ),
        },
      ),
      tags: tagMap(found.tags),
    };
  },
  update: (ecs, _id, config) =>
    ecs.send(
      new UpdateCapacityProviderCommand({
        name: config['name'] as string,
        autoScalingGroupProvider: groupChanges(config),
      }),
    ),
  destroy: (ecs, id) => ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: id })),
};

function groupChanges(config: Values) {
  const group = only(config['auto_scaling_group_provider']);
  const scaling = only(group?.['managed_scaling']);
  return given({
    managedDraining: group?.['managed_draining'] as 'ENABLED' | undefined,
    managedTerminationProtection: group?.['managed_termination_protection'] as 'ENABLED' | undefined,
    managedScaling:
      scaling &&
      (given({
        instanceWarmupPeriod: scaling['instance_warmup_period'],
        maximumScalingStepSize: scaling['maximum_scaling_step_size'],
        minimumScalingStepSize: scaling['minimum_scaling_step_size'],
        status: scaling['status'],
        targetCapacity: scaling['target_capacity'],
      }) as ManagedScaling),
  });
}

const strategySchema = { base: number, capacity_provider: text, weight: number };

/** capacity_provider_strategy, wherever there is one. */
export const strategySet = blockSet(strategySchema);

export const expandStrategy = (items: unknown): CapacityProviderStrategyItem[] =>
  ((items ?? []) as readonly Values[]).map((item) => ({
    capacityProvider: item['capacity_provider'] as string,
    base: (item['base'] ?? 0) as number,
    weight: (item['weight'] ?? 0) as number,
  }));

export const flattenStrategy = (items: readonly CapacityProviderStrategyItem[] | undefined): readonly Values[] =>
  (items ?? []).map(({ capacityProvider: name, base, weight }) => ({ capacity_provider: name, base, weight }));

/** aws_ecs_cluster_capacity_providers */
export const clusterCapacityProviders: Resource = {
  schema: { cluster_name: text, capacity_providers: set, default_capacity_provider_strategy: strategySet },
  create: async (ecs, config) => {
    await ecs.send(put(config['cluster_name'] as string, config));
    return config['cluster_name'] as string;
  },
  read: async (ecs, id) => {
    const { clusters } = await ecs.send(
      new DescribeClustersCommand({ clusters: [id], include: ['TAGS', 'CONFIGURATIONS', 'SETTINGS'] }),
    );
    const found = clusters?.[0];
    if (!found || found.status === 'INACTIVE') return undefined;
    return {
      cluster_name: found.clusterName,
      capacity_providers: found.capacityProviders,
      default_capacity_provider_strategy: flattenStrategy(found.defaultCapacityProviderStrategy),
    };
  },
  update: (ecs, id, config) => ecs.send(put(id, config)),
  destroy: (ecs, id) => ecs.send(put(id, {})),
};

const put = (cluster: string, config: Values) =>
  new PutClusterCapacityProvidersCommand({
    cluster,
    capacityProviders: [...((config['capacity_providers'] ?? []) as readonly string[])],
    defaultCapacityProviderStrategy: expandStrategy(config['default_capacity_provider_strategy']),
  });
