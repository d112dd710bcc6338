import {
  ListServiceDeployments$,
  type ListServiceDeploymentsRequest,
  type ListServiceDeploymentsResponse,
} from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { requireView } from '#control/services/create-service.ts';
import { listDeploymentRecords } from '#control/services/deployment-records.ts';
import type { ServiceDeploymentRecord } from '#core/model/service.ts';
import { clusterName, serviceName } from '../identifiers.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';
import { deploymentBrief } from '../views/service-deployment.ts';

const DEFAULT_PAGE = 20;

export const listServiceDeploymentsOperation = operation<ListServiceDeploymentsRequest, ListServiceDeploymentsResponse>(
  ListServiceDeployments$,
  async (call, input) => {
    const { deps } = call;
    const cluster = clusterName(deps.scope, input.cluster);
    const service = serviceName(deps.scope, cluster, input.service);
    await requireCluster(deps, cluster);
    await requireView(deps, cluster, service);
    const { before, after } = input.createdAt ?? {};
    const filter = [cluster, service, ...(input.status ?? []), before?.getTime() ?? null, after?.getTime() ?? null];
    const found = (await listDeploymentRecords(deps, cluster, service)).filter((record) => matches(record, input));
    const { page, nextToken } = await paged(
      call,
      { operation: 'ListServiceDeployments', filter },
      input,
      async (range) => pageOf(found, range),
      DEFAULT_PAGE,
    );
    return { serviceDeployments: page.records.map((record) => deploymentBrief(deps.scope, record)), nextToken };
  },
);

function matches({ status, spec }: ServiceDeploymentRecord, input: ListServiceDeploymentsRequest): boolean {
  const { before, after } = input.createdAt ?? {};
  return (
    (!input.status?.length || input.status.includes(status)) &&
    (before === undefined || spec.createdAt < before.getTime()) &&
    (after === undefined || spec.createdAt > after.getTime())
  );
}

/** `after` is the id of the last record of the page before. One that vanished meanwhile ends the list. */
function pageOf(
  found: readonly ServiceDeploymentRecord[],
  { after, limit }: { readonly after?: string; readonly limit: number },
): { readonly records: readonly ServiceDeploymentRecord[]; readonly next?: string } {
  const start = after === undefined ? 0 : found.findIndex(({ spec }) => spec.id === after) + 1;
  const records = after !== undefined && start === 0 ? [] : found.slice(start, start + limit);
  const last = records.at(-1);
  return { records, ...(last && start + limit < found.length ? { next: last.spec.id } : {}) };
}
