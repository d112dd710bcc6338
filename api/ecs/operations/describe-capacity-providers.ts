import {
  DescribeCapacityProviders$,
  type DescribeCapacityProvidersRequest,
  type DescribeCapacityProvidersResponse,
} from '@aws-sdk/client-ecs';
import {
  describeCapacityProviders,
  listCapacityProviders,
} from '#control/capacity-providers/read-capacity-providers.ts';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { capacityProviderArn } from '#core/model/arn.ts';
import { capacityProviderName, clusterName } from '../identifiers.ts';
import { paged } from '../listing.ts';
import { type Call, operation } from '../operation.ts';
import { includesTags } from '../tags.ts';
import { capacityProviderView } from '../views/capacity-provider.ts';
import { found, missing } from '../views/failure.ts';

const PAGE = 10;

/** With names it describes those, with a cluster that cluster's, otherwise all, page by page. */
export const describeCapacityProvidersOperation = operation<
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse
>(DescribeCapacityProviders$, async (call, input) => {
  const { deps } = call;
  const { names, nextToken } = await namesOf(call, input);
  const views = await describeCapacityProviders(deps, names);
  return {
    capacityProviders: found(views).map((view) =>
      capacityProviderView(deps.scope, view, { tags: includesTags(input.include) }),
    ),
    failures: missing(views, (position) => capacityProviderArn(deps.scope, names[position] ?? '')),
    nextToken,
  };
});

async function namesOf(
  call: Call,
  input: DescribeCapacityProvidersRequest,
): Promise<{ readonly names: readonly string[]; readonly nextToken?: string }> {
  const { deps } = call;
  const named = [...new Set((input.capacityProviders ?? []).map((text) => capacityProviderName(deps.scope, text)))];
  if (input.cluster !== undefined) {
    const { value } = await requireCluster(deps, clusterName(deps.scope, input.cluster));
    const own = value.capacityProviders ?? [];
    return { names: named.length > 0 ? named.filter((name) => own.includes(name)) : own };
  }
  if (named.length > 0) return { names: named };
  const listing = { operation: 'DescribeCapacityProviders', filter: null };
  const { page, nextToken } = await paged(call, listing, input, (range) => listCapacityProviders(deps, range), PAGE);
  return nextToken === undefined ? { names: page.names } : { names: page.names, nextToken };
}
