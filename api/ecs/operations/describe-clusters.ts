import { DescribeClusters$, type DescribeClustersRequest, type DescribeClustersResponse } from '@aws-sdk/client-ecs';
import { describeClusters } from '#control/clusters/describe-clusters.ts';
import { clusterArn } from '#core/model/arn.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { clusterView } from '../views/cluster.ts';
import { found, missing } from '../views/failure.ts';

export const describeClustersOperation = operation<DescribeClustersRequest, DescribeClustersResponse>(
  DescribeClusters$,
  async ({ deps }, input) => {
    const asked = input.clusters?.length ? input.clusters : ['default'];
    const names = [...new Set(asked.map((text) => clusterName(deps.scope, text)))];
    const views = await describeClusters(deps, names);
    return {
      clusters: found(views).map(({ cluster, counts }) =>
        clusterView(deps.scope, cluster, counts, input.include ?? []),
      ),
      failures: missing(views, (position) => clusterArn(deps.scope, names[position] ?? '')),
    };
  },
);
