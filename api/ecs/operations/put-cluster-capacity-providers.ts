import {
  PutClusterCapacityProviders$,
  type PutClusterCapacityProvidersRequest,
  type PutClusterCapacityProvidersResponse,
} from '@aws-sdk/client-ecs';
import { countCluster } from '#control/clusters/count-cluster.ts';
import { putClusterProviders } from '#control/clusters/update-cluster.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { clusterView } from '../views/cluster.ts';
import { strategyOf } from './cluster-members.ts';

export const putClusterCapacityProvidersOperation = operation<
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse
>(PutClusterCapacityProviders$, async ({ deps }, input) => {
  const { capacityProviders: providers = [], defaultCapacityProviderStrategy: strategy = [] } = input;
  const name = clusterName(deps.scope, input.cluster);
  const cluster = await putClusterProviders(deps, name, providers, strategyOf(strategy));
  return { cluster: clusterView(deps.scope, cluster, await countCluster(deps, name)) };
});
