import { assertNever } from '../assert-never.ts';
import type { KubeObject } from '../kube/object.ts';
import type { FargateProfile } from '../model/fargate-profile.ts';
import { matchProfile, optsOut, PROFILE_LABEL } from './match-profile.ts';
import { capacityProvisioned, type PodSize, podSize } from './pod-size.ts';
import { refusePod } from './refuse-pod.ts';

/** What becomes of a pod. */
export type Admission =
  /** No profile takes it: it stays Pending until one does. `message` says why in a sentence. */
  | { readonly kind: 'unmatched'; readonly message: string }
  /** Its profile takes it, and Fargate cannot run it. `reason` is that of its PodScheduled condition. */
  | { readonly kind: 'refused'; readonly profile: string; readonly reason: RefusalReason; readonly message: string }
  | {
      readonly kind: 'admitted';
      readonly profile: string;
      readonly size: PodSize;
      /** `0.25vCPU 0.5GB`, the value of the annotation `CapacityProvisioned`. */
      readonly capacityProvisioned: string;
    };

export type RefusalReason = 'POD_UNSUPPORTED_ON_FARGATE' | 'POD_CPU_MEM_EXCEEDS_MAX_FARGATE_SIZE';

/** Decides about a pod: its profile, whether Fargate can run it, and the size it gets there. */
export function admitPod(pod: KubeObject, profiles: readonly FargateProfile[]): Admission {
  const profile = matchProfile(pod, profiles)?.name;
  if (profile === undefined) return { kind: 'unmatched', message: unmatchedMessage(pod, profiles) };
  const refusal = refusePod(pod);
  if (refusal !== undefined) {
    return { kind: 'refused', profile, reason: 'POD_UNSUPPORTED_ON_FARGATE', message: refusal };
  }
  const sizing = podSize(pod);
  switch (sizing.kind) {
    case 'fits':
      return {
        kind: 'admitted',
        profile,
        size: sizing.size,
        capacityProvisioned: capacityProvisioned(sizing.size),
      };
    case 'tooLarge':
      return {
        kind: 'refused',
        profile,
        reason: 'POD_CPU_MEM_EXCEEDS_MAX_FARGATE_SIZE',
        message: "Your pod's cpu/memory requirements exceed the max Fargate configuration",
      };
    case 'unreadable': {
      const message = `Pod not supported on Fargate: invalid resource quantities: ${sizing.amounts.join(', ')}`;
      return { kind: 'refused', profile, reason: 'POD_UNSUPPORTED_ON_FARGATE', message };
    }
    default:
      return assertNever(sizing);
  }
}

function unmatchedMessage(pod: KubeObject, profiles: readonly FargateProfile[]): string {
  if (optsOut(pod)) return 'The pod asks for compute type ec2, and this cluster has Fargate only.';
  const pinned = pod.metadata.labels?.[PROFILE_LABEL];
  if (pinned !== undefined) {
    const named = profiles.find(({ name }) => name === pinned);
    if (!named) return `The pod names the Fargate profile ${pinned}, which this cluster does not have.`;
    if (named.status !== 'ACTIVE') return `The pod names the Fargate profile ${pinned}, which is ${named.status}.`;
    return `The pod names the Fargate profile ${pinned}, but none of its selectors matches the pod.`;
  }
  const active = profiles.filter(({ status }) => status === 'ACTIVE').length;
  if (active === 0) return 'The cluster has no active Fargate profile; the pod waits for one.';
  const whose = active === 1 ? 'the active Fargate profile' : `any of the ${active} active Fargate profiles`;
  return `No selector of ${whose} matches the pod; it waits for a profile that does.`;
}
