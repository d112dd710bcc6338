import { DescribeServices$, type DescribeServicesRequest, type DescribeServicesResponse } from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import { describeServices } from '#control/services/read-services.ts';
import { serviceArn } from '#core/model/arn.ts';
import { clusterName, serviceName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { includesTags } from '../tags.ts';
import { found, missing } from '../views/failure.ts';
import { serviceView } from '../views/service.ts';

export const describeServicesOperation = operation<DescribeServicesRequest, DescribeServicesResponse>(
  DescribeServices$,
  async ({ deps }, input) => {
    const cluster = clusterName(deps.scope, input.cluster);
    const names = [...new Set((input.services ?? []).map((text) => serviceName(deps.scope, cluster, text)))];
    await requireCluster(deps, cluster);
    const views = await describeServices(deps, cluster, names);
    return {
      services: found(views).map((view) => serviceView(deps.scope, view, { tags: includesTags(input.include) })),
      failures: missing(views, (position) => serviceArn(deps.scope, cluster, names[position] ?? '')),
    };
  },
);
