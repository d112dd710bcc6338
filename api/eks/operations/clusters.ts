import * as eks from '@aws-sdk/client-eks';
import { createEksCluster } from '#control/eks/create-eks-cluster.ts';
import { deleteEksCluster } from '#control/eks/delete-eks-cluster.ts';
import { listEksClusters } from '#control/eks/list-eks-clusters.ts';
import { requireEksCluster } from '#control/eks/require-eks-cluster.ts';
import { present } from '../../ecs/present.ts';
import { echoedMembers } from '../cluster-members.ts';
import { clusterName } from '../identifiers.ts';
import { eksPaged } from '../listing.ts';
import { operation } from '../operation.ts';
import { clusterView, tagsOf } from '../views.ts';

export const createClusterOperation = operation<eks.CreateClusterRequest, eks.CreateClusterResponse>(
  eks.CreateCluster$,
  async ({ deps, kube }, input) => {
    const cluster = await createEksCluster(deps, {
      name: clusterName(input.name),
      echo: echoedMembers(input),
      tags: tagsOf(input.tags),
      ...present({ clientRequestToken: input.clientRequestToken }),
    });
    return { cluster: clusterView(deps.scope, kube, cluster) };
  },
);

export const describeClusterOperation = operation<eks.DescribeClusterRequest, eks.DescribeClusterResponse>(
  eks.DescribeCluster$,
  async ({ deps, kube }, input) => {
    const { value } = await requireEksCluster(deps, clusterName(input.name));
    return { cluster: clusterView(deps.scope, kube, value) };
  },
);

export const listClustersOperation = operation<eks.ListClustersRequest, eks.ListClustersResponse>(
  eks.ListClusters$,
  async (call, input) => {
    const listing = { operation: 'eks:ListClusters', filter: null };
    const { page, nextToken } = await eksPaged(call, listing, input, (range) => listEksClusters(call.deps, range));
    return { clusters: [...page.names], nextToken };
  },
);

export const deleteClusterOperation = operation<eks.DeleteClusterRequest, eks.DeleteClusterResponse>(
  eks.DeleteCluster$,
  async ({ deps, kube }, input) => {
    const cluster = await deleteEksCluster(deps, clusterName(input.name));
    return { cluster: clusterView(deps.scope, kube, cluster) };
  },
);
