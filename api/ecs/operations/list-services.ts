import { ListServices$, type ListServicesRequest, type ListServicesResponse } from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import type { Dependencies } from '#control/dependencies.ts';
import type { ServiceView } from '#control/intents.ts';
import { describeServices, listServices } from '#control/services/read-services.ts';
import { serviceArn } from '#core/model/arn.ts';
import { launchTypeOf } from '#core/service/task-sets.ts';
import { clusterName } from '../identifiers.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';
import { found } from '../views/failure.ts';
import { schedulingStrategyOf } from '../views/service.ts';

const DEFAULT_PAGE = 10;

export const listServicesOperation = operation<ListServicesRequest, ListServicesResponse>(
  ListServices$,
  async (call, input) => {
    const { deps } = call;
    const cluster = clusterName(deps.scope, input.cluster);
    await requireCluster(deps, cluster);
    // Every service is the customer's own.
    if (input.resourceManagementType === 'ECS') return { serviceArns: [] };
    const filter = { launchType: input.launchType, schedulingStrategy: input.schedulingStrategy };
    const listing = {
      operation: 'ListServices',
      filter: [cluster, filter.launchType ?? null, filter.schedulingStrategy ?? null],
    };
    const { page, nextToken } = await paged(
      call,
      listing,
      input,
      (range) => listShown(deps, cluster, range, filter),
      DEFAULT_PAGE,
    );
    return { serviceArns: page.names.map((name) => serviceArn(deps.scope, cluster, name)), nextToken };
  },
);

interface Filter {
  readonly launchType: string | undefined;
  readonly schedulingStrategy: string | undefined;
}

/** The directory still names services that are gone, so pages are read until one is full of services to show. */
async function listShown(
  deps: Dependencies,
  cluster: string,
  range: { readonly after?: string; readonly limit: number },
  filter: Filter,
): Promise<{ readonly names: readonly string[]; readonly next?: string }> {
  const names: string[] = [];
  let after = range.after;
  do {
    const limit = range.limit - names.length;
    const page = await listServices(deps, cluster, after === undefined ? { limit } : { after, limit });
    const views = found(await describeServices(deps, cluster, page.names));
    names.push(...views.filter((view) => isShown(view, filter)).map(({ service }) => service.name));
    after = page.next;
  } while (after !== undefined && names.length < range.limit);
  return after === undefined ? { names } : { names, next: after };
}

const isShown = ({ service }: ServiceView, { launchType, schedulingStrategy }: Filter): boolean =>
  service.status !== 'INACTIVE' &&
  (launchType === undefined || launchTypeOf(service) === launchType) &&
  (schedulingStrategy === undefined || schedulingStrategyOf(service) === schedulingStrategy);
