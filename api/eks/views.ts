import type { Cluster, FargateProfile as WireProfile } from '@aws-sdk/client-eks';
import { KUBE_VERSION } from '#core/kube/server-version.ts';
import { eksClusterArn, fargateProfileArn } from '#core/model/arn.ts';
import type { EksCluster } from '#core/model/eks-cluster.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';
import type { Scope } from '#core/model/scope.ts';
import type { Tag } from '#core/model/tag.ts';
import type { KubeAddress } from './operation.ts';

export const EKS_VERSION = `${KUBE_VERSION.major}.${KUBE_VERSION.minor}`;

export const tagMap = (tags: readonly Tag[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));

export const tagsOf = (map: Readonly<Record<string, string>> | undefined): readonly Tag[] =>
  Object.entries(map ?? {}).map(([key, value]) => ({ key, value }));

/** What EKS shows of a cluster where its request said nothing. */
const DEFAULTS: Partial<Cluster> = {
  kubernetesNetworkConfig: { ipFamily: 'ipv4' },
  logging: {
    clusterLogging: [{ types: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'], enabled: false }],
  },
  accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
  upgradePolicy: { supportType: 'STANDARD' },
};
const VPC_DEFAULTS: Cluster['resourcesVpcConfig'] = {
  subnetIds: [],
  securityGroupIds: [],
  endpointPublicAccess: true,
  endpointPrivateAccess: false,
  publicAccessCidrs: ['0.0.0.0/0'],
};

export function clusterView(scope: Scope, kube: KubeAddress | undefined, cluster: EksCluster): Cluster {
  const echo = cluster.echo as Partial<Cluster>;
  return {
    ...DEFAULTS,
    ...echo,
    resourcesVpcConfig: { ...VPC_DEFAULTS, ...echo.resourcesVpcConfig },
    name: cluster.name,
    arn: eksClusterArn(scope, cluster.name),
    createdAt: new Date(cluster.createdAt),
    version: EKS_VERSION,
    platformVersion: 'berth.1',
    status: cluster.status,
    ...(kube && addressView(kube)),
    health: { issues: [] },
    tags: tagMap(cluster.tags),
  };
}

const addressView = ({ endpoint, authority = '' }: KubeAddress): Partial<Cluster> => ({
  endpoint,
  // kubectl trusts the authorities of its system when this is empty; `aws eks update-kubeconfig` needs it to be there.
  certificateAuthority: { data: Buffer.from(authority).toString('base64') },
});

export const profileView = (scope: Scope, profile: FargateProfile): WireProfile => ({
  fargateProfileName: profile.name,
  fargateProfileArn: fargateProfileArn(scope, profile.cluster, profile.name, profile.id),
  clusterName: profile.cluster,
  createdAt: new Date(profile.createdAt),
  podExecutionRoleArn: profile.podExecutionRoleArn,
  subnets: [...profile.subnets],
  selectors: profile.selectors.map(({ namespace, labels }) => ({ namespace, labels: { ...labels } })),
  status: profile.status,
  tags: tagMap(profile.tags),
  health: { issues: [] },
});
