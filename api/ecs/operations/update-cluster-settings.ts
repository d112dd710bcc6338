import {
  UpdateClusterSettings$,
  type UpdateClusterSettingsRequest,
  type UpdateClusterSettingsResponse,
} from '@aws-sdk/client-ecs';
import { countCluster } from '#control/clusters/count-cluster.ts';
import { updateCluster } from '#control/clusters/update-cluster.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { clusterView } from '../views/cluster.ts';
import { settingsOf } from './cluster-members.ts';

export const updateClusterSettingsOperation = operation<UpdateClusterSettingsRequest, UpdateClusterSettingsResponse>(
  UpdateClusterSettings$,
  async ({ deps }, input) => {
    const name = clusterName(deps.scope, input.cluster);
    const cluster = await updateCluster(deps, name, { settings: settingsOf(input.settings ?? []) });
    return { cluster: clusterView(deps.scope, cluster, await countCluster(deps, name)) };
  },
);
