import {
  ListContainerInstances$,
  type ListContainerInstancesRequest,
  type ListContainerInstancesResponse,
} from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { listInstances } from '#control/instances/read-instances.ts';
import { selectInstances } from '#control/instances/select-instances.ts';
import { containerInstanceArn } from '#core/model/arn.ts';
import { parseQuery } from '#core/placement/query/parse-query.ts';
import { clusterName } from '../identifiers.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';

export const listContainerInstancesOperation = operation<ListContainerInstancesRequest, ListContainerInstancesResponse>(
  ListContainerInstances$,
  async (call, input) => {
    const { deps } = call;
    const { status, filter } = input;
    const query = filter ? parseQuery(filter) : undefined;
    const cluster = clusterName(deps.scope, input.cluster);
    await requireCluster(deps, cluster);
    // Registration is a single transaction: it is never under way, and one that failed left nothing.
    if (status === 'REGISTERING' || status === 'REGISTRATION_FAILED') return { containerInstanceArns: [] };
    const listing = { operation: 'ListContainerInstances', filter: [cluster, status ?? null, filter ?? null] };
    const { page, nextToken } = await paged(call, listing, input, (range) =>
      listInstances(deps, cluster, range, status, query && ((shown) => selectInstances(deps, cluster, shown, query))),
    );
    return {
      containerInstanceArns: page.instanceIds.map((id) => containerInstanceArn(deps.scope, cluster, id)),
      nextToken,
    };
  },
);
