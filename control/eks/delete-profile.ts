import { Fault } from '#core/fault.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';
import type { Dependencies } from '../dependencies.ts';
import { put } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { profileWork } from './eks-work.ts';
import { readProfiles, requireProfile } from './read-profiles.ts';
import { eksClusters, fargateProfiles, type ProfileId } from './records.ts';
import { requireEksCluster } from './require-eks-cluster.ts';

/**
 * Begins to delete a profile; the object worker deletes its pods and then the profile. Asked again, it says how far it is.
 * Faults: ResourceNotFound, ResourceInUse while another profile of the cluster is being deleted.
 */
export function deleteProfile(deps: Pick<Dependencies, 'store'>, id: ProfileId): Promise<FargateProfile> {
  return untilCommitted(`deletion of Fargate profile ${id.profile}`, async () => {
    const cluster = await requireEksCluster(deps, id.cluster);
    const before = await requireProfile(deps, id);
    if (before.value.status === 'DELETING') return before.value;
    const other = (await readProfiles(deps, id.cluster)).find(({ value }) => value.status === 'DELETING');
    if (other) {
      throw new Fault(
        'ResourceInUse',
        `Cannot delete Fargate Profile ${id.profile} because cluster ${id.cluster} currently has Fargate profile ${other.value.name} in status DELETING`,
      );
    }
    const deleting: FargateProfile = { ...before.value, status: 'DELETING' };
    const profileChanges = cluster.value.profileChanges + 1;
    const outcome = await deps.store.transact([
      put(fargateProfiles, id, deleting, before.version, { wake: { work: profileWork(id) } }),
      put(eksClusters, id.cluster, { ...cluster.value, profileChanges }, cluster.version),
    ]);
    return outcome.kind === 'committed' ? deleting : CONFLICT;
  });
}
