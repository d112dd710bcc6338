import { CreateCluster$, type CreateClusterRequest, type CreateClusterResponse } from '@aws-sdk/client-ecs';
import { createCluster } from '#control/clusters/create-cluster.ts';
import { Fault } from '#core/fault.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { readTags } from '../tags.ts';
import { clusterView } from '../views/cluster.ts';
import { refuseGiven } from './launch-members.ts';

export const createClusterOperation = operation<CreateClusterRequest, CreateClusterResponse>(
  CreateCluster$,
  async ({ deps }, input) => {
    refuseUnsupported(input);
    const cluster = await createCluster(deps, {
      name: clusterName(deps.scope, input.clusterName),
      tags: readTags(input.tags),
      settings: (input.settings ?? []).map(({ name = '', value = '' }) => ({ name, value })),
    });
    return { cluster: clusterView(deps.scope, cluster) };
  },
);

/** Storing what is not acted on would promise it. Fargate's own providers need nothing from the cluster. */
function refuseUnsupported(input: CreateClusterRequest): void {
  const providers = [
    ...(input.capacityProviders ?? []),
    ...(input.defaultCapacityProviderStrategy ?? []).map(({ capacityProvider = '' }) => capacityProvider),
  ];
  if (providers.some((provider) => provider !== 'FARGATE' && provider !== 'FARGATE_SPOT')) {
    throw new Fault('Unsupported', 'Berth has no capacity providers besides FARGATE and FARGATE_SPOT yet.');
  }
  refuseGiven({ configuration: input.configuration });
  if (input.serviceConnectDefaults) throw new Fault('Unsupported', 'Berth does not serve Service Connect yet.');
}
