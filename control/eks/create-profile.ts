import { Fault } from '#core/fault.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';
import { checkProfile, MAX_PROFILES } from '#core/profile/check-profile.ts';
import type { Dependencies } from '../dependencies.ts';
import { put, read, type Versioned } from '../records.ts';
import { checkTags } from '../tags/tag-rules.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { profileWork } from './eks-work.ts';
import { readProfiles } from './read-profiles.ts';
import { type EksRequest, eksClusters, fargateProfiles } from './records.ts';
import { findRepeated, rememberRequest } from './repeated-request.ts';
import { requireEksCluster } from './require-eks-cluster.ts';

type Deps = Pick<Dependencies, 'store' | 'clock' | 'ids'>;

export interface CreateProfileIntent
  extends Pick<FargateProfile, 'cluster' | 'name' | 'selectors' | 'podExecutionRoleArn' | 'subnets' | 'tags'> {
  readonly clientRequestToken?: string;
}

/**
 * Makes a profile, CREATING until the object worker has seen it. Faults: InvalidParameter, ResourceNotFound (the cluster),
 * AlreadyExists, ResourceInUse (another profile is being deleted), LimitExceeded, Refused (the cluster is not ACTIVE, or the
 * token was used otherwise).
 */
export function createProfile(deps: Deps, intent: CreateProfileIntent): Promise<FargateProfile> {
  const { clientRequestToken: token, ...asked } = intent;
  checkProfile(asked);
  checkTags(asked.tags);
  const id = { cluster: asked.cluster, profile: asked.name };
  const request = { cluster: asked.cluster, token, fingerprint: deps.ids.fingerprint(['profile', asked]) };
  return untilCommitted(`creation of Fargate profile ${asked.name}`, async () => {
    const cluster = await requireEksCluster(deps, asked.cluster);
    const repeated = await findRepeated(deps, request);
    if (repeated) return stillThere(deps, asked.cluster, repeated);
    if (cluster.value.status !== 'ACTIVE') {
      throw new Fault('Refused', `Cluster '${asked.cluster}' is not in ACTIVE status`);
    }
    refuseCreation(asked, await readProfiles(deps, asked.cluster));
    const made: FargateProfile = { ...asked, id: deps.ids.uuid(), status: 'CREATING', createdAt: deps.clock.now() };
    const profileChanges = cluster.value.profileChanges + 1;
    const outcome = await deps.store.transact([
      put(fargateProfiles, id, made, 'absent', { wake: { work: profileWork(id) } }),
      put(eksClusters, asked.cluster, { ...cluster.value, profileChanges }, cluster.version),
      ...rememberRequest(deps, request, { profile: { name: made.name, id: made.id } }),
    ]);
    return outcome.kind === 'committed' ? made : CONFLICT;
  });
}

function refuseCreation({ cluster, name }: CreateProfileIntent, standing: readonly Versioned<FargateProfile>[]): void {
  if (standing.some(({ value }) => value.name === name)) {
    throw new Fault('AlreadyExists', 'A Fargate Profile already exists with this name in this cluster.');
  }
  const deleting = standing.find(({ value }) => value.status === 'DELETING');
  if (deleting) {
    throw new Fault(
      'ResourceInUse',
      `Cannot create Fargate Profile ${name} because cluster ${cluster} currently has Fargate profile ${deleting.value.name} in status DELETING`,
    );
  }
  if (standing.length >= MAX_PROFILES) {
    throw new Fault('LimitExceeded', `Cluster ${cluster} has ${MAX_PROFILES} Fargate profiles, which is the limit.`);
  }
}

/** The profile that the same request made before. */
async function stillThere(deps: Deps, cluster: string, { profile }: EksRequest): Promise<FargateProfile> {
  const found = profile && (await read(deps.store, fargateProfiles, { cluster, profile: profile.name }));
  if (found && found.value.id === profile.id) return found.value;
  throw new Fault('Refused', 'What the first request with this clientRequestToken made has been deleted since.');
}
