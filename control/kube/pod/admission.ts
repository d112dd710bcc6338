import type { KubeObject } from '#core/kube/object.ts';
import { admittedPod } from '#core/kube/pod/admitted-pod.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';
import { type Admission, admitPod } from '#core/profile/admit-pod.ts';
import type { Dependencies } from '../../dependencies.ts';
import { readProfiles } from '../../eks/read-profiles.ts';
import { fargateProfiles } from '../../eks/records.ts';
import type { Write } from '../../ports.ts';
import { check, type Versioned } from '../../records.ts';
import type { AdmittedObjects } from '../admit-objects.ts';

export interface PodAdmission {
  readonly admission: Admission;
  /** The profile that lets it in is as it was read: part of the write, so that a deletion of it misses no pod. */
  readonly guard: readonly Write[];
}

/** Decides about a pod by the profiles of its cluster. */
export async function readAdmission(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  pod: KubeObject,
): Promise<PodAdmission> {
  const profiles = await readProfiles(deps, cluster);
  const admission = admitPod(pod, valuesOf(profiles));
  return { admission, guard: guards(profiles, [admission]) };
}

/** What EKS's webhook does to pods that are being made: those that a profile takes are Fargate's from then on. */
export async function admitNewPods(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  pods: readonly KubeObject[],
): Promise<AdmittedObjects> {
  const profiles = await readProfiles(deps, cluster);
  const admitted = pods.map((pod) => ({ pod, admission: admitPod(pod, valuesOf(profiles)) }));
  return {
    objects: admitted.map(({ pod, admission }) =>
      admission.kind === 'unmatched' ? pod : admittedPod(pod, admission.profile),
    ),
    guard: guards(
      profiles,
      admitted.map(({ admission }) => admission),
    ),
  };
}

const valuesOf = (profiles: readonly Versioned<FargateProfile>[]): readonly FargateProfile[] =>
  profiles.map(({ value }) => value);

/** One check for each profile that lets something in. */
function guards(profiles: readonly Versioned<FargateProfile>[], admissions: readonly Admission[]): readonly Write[] {
  const used = new Set(admissions.map((admission) => (admission.kind === 'unmatched' ? undefined : admission.profile)));
  return profiles
    .filter(({ value }) => used.has(value.name))
    .map(({ value, version }) => check(fargateProfiles, { cluster: value.cluster, profile: value.name }, version));
}
