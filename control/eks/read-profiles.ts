import { Fault } from '#core/fault.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';
import type { Dependencies } from '../dependencies.ts';
import { fargateProfileKey, fargateProfilesPartition } from '../keys.ts';
import { asRecord, read, readAll, type Versioned } from '../records.ts';
import { fargateProfiles, type ProfileId } from './records.ts';
import { requireEksCluster } from './require-eks-cluster.ts';

type Deps = Pick<Dependencies, 'store'>;

/**
 * All profiles of a cluster, of every status, in order of their names. Whoever lets a pod in by one of them must check the
 * version it has here in the transaction that writes the pod: then no pod appears behind the back of a deletion.
 */
export const readProfiles = (deps: Deps, cluster: string): Promise<readonly Versioned<FargateProfile>[]> =>
  readAll(deps.store, fargateProfiles, { pk: fargateProfilesPartition(cluster) });

/** Faults: ResourceNotFound, for the cluster or the profile. */
export async function requireProfile(deps: Deps, id: ProfileId): Promise<Versioned<FargateProfile>> {
  await requireEksCluster(deps, id.cluster);
  const found = await read(deps.store, fargateProfiles, id);
  if (!found) throw new Fault('ResourceNotFound', `No Fargate Profile found with name: ${id.profile}.`);
  return found;
}

/** Names of a cluster's profiles in order; `next` is the `after` of the following page. Faults: ResourceNotFound. */
export async function listProfiles(
  deps: Deps,
  cluster: string,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<{ readonly names: readonly string[]; readonly next?: string }> {
  await requireEksCluster(deps, cluster);
  const page = await deps.store.query({
    pk: fargateProfilesPartition(cluster),
    limit,
    ...(after === undefined ? {} : { after: fargateProfileKey(cluster, after).sk }),
  });
  const names = page.items.map((item) => asRecord(fargateProfiles, item).value.name);
  const last = names.at(-1);
  return page.next === undefined || last === undefined ? { names } : { names, next: last };
}
