import type { Dependencies } from '../dependencies.ts';
import type { ObjectWork } from '../kube/object-work.ts';
import { read } from '../records.ts';
import { readProfiles } from './read-profiles.ts';
import { eksClusters, type ProfileId } from './records.ts';

/**
 * Names under which the object worker knows what EKS adds to a cluster. Neither is a collection of the Kubernetes face: they
 * have no log, and the sweep finds them here.
 */
export const PROFILE_RESOURCE = 'fargateprofiles.eks.amazonaws.com';
export const CLUSTER_RESOURCE = 'clusters.eks.amazonaws.com';

export const profileWork = ({ cluster, profile }: ProfileId): ObjectWork => ({
  kind: 'object',
  cluster,
  resource: PROFILE_RESOURCE,
  namespace: '',
  name: profile,
});

export const clusterWork = (cluster: string): ObjectWork => ({
  kind: 'object',
  cluster,
  resource: CLUSTER_RESOURCE,
  namespace: '',
  name: cluster,
});

/** What of a cluster is on its way from one status to the next, in case the event that asked for it was lost. */
export async function dueEks(deps: Pick<Dependencies, 'store'>, cluster: string): Promise<readonly ObjectWork[]> {
  const found = await read(deps.store, eksClusters, cluster);
  if (!found) return [];
  const profiles = await readProfiles(deps, cluster);
  return [
    ...(found.value.status === 'ACTIVE' ? [] : [clusterWork(cluster)]),
    ...profiles
      .filter(({ value }) => value.status !== 'ACTIVE')
      .map(({ value }) => profileWork({ cluster, profile: value.name })),
  ];
}
