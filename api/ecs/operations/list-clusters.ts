import { ListClusters$, type ListClustersRequest, type ListClustersResponse } from '@aws-sdk/client-ecs';
import { listClusters } from '#control/clusters/list-clusters.ts';
import { clusterArn } from '#core/model/arn.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';

export const listClustersOperation = operation<ListClustersRequest, ListClustersResponse>(
  ListClusters$,
  async (call, input) => {
    const { deps } = call;
    const listing = { operation: 'ListClusters', filter: null };
    const { page, nextToken } = await paged(call, listing, input, (range) => listClusters(deps, range));
    return { clusterArns: page.names.map((name) => clusterArn(deps.scope, name)), nextToken };
  },
);
