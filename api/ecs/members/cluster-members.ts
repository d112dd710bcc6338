import type {
  CreateClusterRequest,
  DeleteClusterRequest,
  DescribeClustersRequest,
  ListClustersRequest,
  UpdateClusterRequest,
  UpdateClusterSettingsRequest,
} from '@aws-sdk/client-ecs';
import { type Declaration, echoed, members, refused, supported } from './member-policy.ts';

const settings = echoed('Berth publishes no Container Insights metrics; that needs a metrics port.');
const configuration = echoed('Nothing of it is used: sessions are not logged and disks are not encrypted by Berth.');
const serviceConnectDefaults = refused('Service Connect');

export const clusterMembers: readonly Declaration[] = [
  members<CreateClusterRequest>('CreateClusterRequest', {
    clusterName: supported,
    tags: supported,
    settings,
    configuration,
    capacityProviders: supported,
    defaultCapacityProviderStrategy: supported,
    serviceConnectDefaults,
  }),
  members<UpdateClusterRequest>('UpdateClusterRequest', {
    cluster: supported,
    settings,
    configuration,
    serviceConnectDefaults,
  }),
  members<UpdateClusterSettingsRequest>('UpdateClusterSettingsRequest', { cluster: supported, settings }),
  members<DescribeClustersRequest>('DescribeClustersRequest', { clusters: supported, include: supported }),
  members<ListClustersRequest>('ListClustersRequest', { nextToken: supported, maxResults: supported }),
  members<DeleteClusterRequest>('DeleteClusterRequest', { cluster: supported }),
];
