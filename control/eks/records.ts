import type { EksCluster } from '#core/model/eks-cluster.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';
import * as keys from '../keys.ts';
import { type InCluster, record } from '../records.ts';

export interface ProfileId extends InCluster {
  readonly profile: string;
}

/** What a client token was used for: the same request again has no second effect, another one is refused. */
export interface EksRequest {
  readonly fingerprint: string;
  /** Of the profile that was made; absent for a cluster. */
  readonly profile?: Pick<FargateProfile, 'name' | 'id'>;
}

/** Longer than any client tries. */
export const REQUEST_RETENTION_MS = 24 * 3_600_000;

export const eksClusters = record<string, EksCluster>('eks-cluster', keys.eksClusterKey);
export const fargateProfiles = record<ProfileId, FargateProfile>('fargate-profile', ({ cluster, profile }) =>
  keys.fargateProfileKey(cluster, profile),
);
export const eksRequests = record<InCluster & { readonly token: string }, EksRequest>(
  'eks-request',
  ({ cluster, token }) => keys.eksRequestKey(cluster, token),
);
