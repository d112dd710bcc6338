import { UpdateCluster$, type UpdateClusterRequest, type UpdateClusterResponse } from '@aws-sdk/client-ecs';
import { countCluster } from '#control/clusters/count-cluster.ts';
import { updateCluster } from '#control/clusters/update-cluster.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';
import { clusterView } from '../views/cluster.ts';
import { configurationOf, settingsOf } from './cluster-members.ts';

export const updateClusterOperation = operation<UpdateClusterRequest, UpdateClusterResponse>(
  UpdateCluster$,
  async ({ deps }, input) => {
    const name = clusterName(deps.scope, input.cluster);
    const { settings, configuration } = input;
    const changes = present({
      settings: settings && settingsOf(settings),
      configuration: configuration && configurationOf(configuration),
    });
    const cluster = await updateCluster(deps, name, changes);
    return { cluster: clusterView(deps.scope, cluster, await countCluster(deps, name)) };
  },
);
