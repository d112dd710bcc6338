import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { isAdmitted } from '#core/kube/pod/is-admitted.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';
import { PROFILE_LABEL, whyNot } from '#core/profile/match-profile.ts';
import type { Dependencies } from '../dependencies.ts';
import { deleteObject } from '../kube/delete-object.ts';
import { objectWork } from '../kube/object-work.ts';
import { listObjects } from '../kube/read-objects.ts';
import type { ObjectReconciler } from '../kube/reconcilers.ts';
import type { ObjectId } from '../kube/records.ts';
import type { Write } from '../ports.ts';
import { put, read, remove, type Versioned } from '../records.ts';
import { profileWork } from './eks-work.ts';
import { fargateProfiles } from './records.ts';

/** A pod takes its time to end, and nobody tells its profile. */
const LOOK_AGAIN_MS = 2_000;

/** Moves a profile from CREATING to ACTIVE, has the pods that waited for it looked at, and takes a deleted one away with its pods. */
export const profileReconciler: ObjectReconciler = {
  // It is in no collection; `dueEks` finds it.
  isDue: () => false,
  async reconcile(deps: Dependencies, { cluster, name }: ObjectId): Promise<number | undefined> {
    const found = await read(deps.store, fargateProfiles, { cluster, profile: name });
    if (!found) return undefined;
    const { status } = found.value;
    switch (status) {
      case 'CREATING':
        return activate(deps, found);
      case 'ACTIVE':
        return wakeWaiting(deps, found.value);
      case 'DELETING':
        return takeAway(deps, found);
      case 'CREATE_FAILED':
      case 'DELETE_FAILED':
        return undefined;
      default:
        return assertNever(status);
    }
  },
};

/** The write asks for the profile to be looked at once more: only then can the pods that waited for it see it ACTIVE. */
function activate(deps: Dependencies, { value, version }: Versioned<FargateProfile>): Promise<number | undefined> {
  const id = { cluster: value.cluster, profile: value.name };
  const wake = { work: profileWork(id) };
  return commit(deps, put(fargateProfiles, id, { ...value, status: 'ACTIVE' }, version, { wake }));
}

/** Somebody else was faster, if only with a tag: the profile is looked at again as it is now. */
async function commit(deps: Dependencies, write: Write): Promise<number | undefined> {
  const outcome = await deps.store.transact([write]);
  return outcome.kind === 'committed' ? undefined : deps.clock.now() + LOOK_AGAIN_MS;
}

const PODS = resourceNamed('pods');

const podsOf = (deps: Dependencies, cluster: string) => listObjects(deps, { cluster, resource: 'pods' });

/** On EKS a pod that was there before its profile must be made again; here it is picked up. */
async function wakeWaiting(deps: Dependencies, profile: FargateProfile): Promise<undefined> {
  const { cluster } = profile;
  const waiting = (await podsOf(deps, cluster)).filter(
    ({ value }) => isWaiting(value) && whyNot(value, profile).isMatch,
  );
  const work = waiting.map(({ value }) => {
    const { name, namespace = '' } = value.metadata;
    return { work: objectWork({ cluster, resource: 'pods', namespace, name }) };
  });
  if (work.length > 0) await deps.queue.send(work);
}

/** Nobody let it in yet. */
const isWaiting = (pod: KubeObject): boolean => !isAdmitted(pod) && pod.metadata.deletionTimestamp === undefined;

async function takeAway(
  deps: Dependencies,
  { value, version }: Versioned<FargateProfile>,
): Promise<number | undefined> {
  const { cluster, name } = value;
  const own = (await podsOf(deps, cluster)).filter(({ value: pod }) => pod.metadata.labels?.[PROFILE_LABEL] === name);
  const standing = own.filter(({ value: pod }) => pod.metadata.deletionTimestamp === undefined);
  for (const { value: pod } of standing) await deletePod(deps, cluster, pod);
  if (own.length > 0) return deps.clock.now() + LOOK_AGAIN_MS;
  return commit(deps, remove(fargateProfiles, { cluster, profile: name }, version));
}

async function deletePod(deps: Dependencies, cluster: string, { metadata }: KubeObject): Promise<void> {
  const { name, namespace = '', uid } = metadata;
  try {
    const target = { cluster, resource: PODS, namespace, name };
    await deleteObject(deps, target, { isDryRun: false, preconditions: { uid } });
  } catch (error) {
    // Gone meanwhile, or another pod by that name.
    if (error instanceof Fault && (error.code === 'ResourceNotFound' || error.code === 'Conflict')) return;
    throw error;
  }
}
