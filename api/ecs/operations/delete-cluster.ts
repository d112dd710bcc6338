import { DeleteCluster$, type DeleteClusterRequest, type DeleteClusterResponse } from '@aws-sdk/client-ecs';
import { deleteCluster } from '#control/clusters/delete-cluster.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { clusterView } from '../views/cluster.ts';

export const deleteClusterOperation = operation<DeleteClusterRequest, DeleteClusterResponse>(
  DeleteCluster$,
  async ({ deps }, input) => {
    const cluster = await deleteCluster(deps, clusterName(deps.scope, input.cluster));
    return { cluster: clusterView(deps.scope, cluster) };
  },
);
