import { CreateCluster$, type CreateClusterRequest, type CreateClusterResponse } from '@aws-sdk/client-ecs';
import { effectiveSettings } from '#control/account-settings/account-settings.ts';
import { createCluster } from '#control/clusters/create-cluster.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';
import { readTags } from '../tags.ts';
import { clusterView } from '../views/cluster.ts';
import { configurationOf, settingsOf, strategyOf } from './cluster-members.ts';

export const createClusterOperation = operation<CreateClusterRequest, CreateClusterResponse>(
  CreateCluster$,
  async ({ deps, principalArn }, input) => {
    const { configuration, capacityProviders, defaultCapacityProviderStrategy: strategy } = input;
    const cluster = await createCluster(deps, {
      name: clusterName(deps.scope, input.clusterName),
      tags: readTags(input.tags),
      settings: settingsOf(input.settings ?? []),
      defaultSettings: (await effectiveSettings(deps, principalArn, ['containerInsights'])).map(({ name, value }) => ({
        name,
        value,
      })),
      ...present({
        configuration: configuration && configurationOf(configuration),
        capacityProviders,
        defaultCapacityProviderStrategy: strategy && strategyOf(strategy),
      }),
    });
    return { cluster: clusterView(deps.scope, cluster) };
  },
);
