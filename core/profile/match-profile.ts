import type { KubeObject } from '../kube/object.ts';
import type { FargateProfile, ProfileSelector } from '../model/fargate-profile.ts';
import { matchesWildcard } from './wildcard.ts';

/** Label that names the one profile that may take a pod; EKS writes it on the pods it takes. */
export const PROFILE_LABEL = 'eks.amazonaws.com/fargate-profile';
/** Annotation that keeps a pod from Fargate when its value is `ec2`. */
export const COMPUTE_TYPE_ANNOTATION = 'eks.amazonaws.com/compute-type';

/** What profiles look at of a pod. */
interface PodNames {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What one selector says of a pod: nothing missing is a match. */
export interface SelectorVerdict {
  readonly selector: ProfileSelector;
  readonly misses: readonly SelectorMiss[];
}

export type SelectorMiss =
  | { readonly kind: 'namespace'; readonly wanted: string; readonly found: string }
  /** `found`: the values the pod has under keys that match, none when it has no such key. */
  | { readonly kind: 'label'; readonly key: string; readonly wanted: string; readonly found: readonly string[] };

/** Why a profile does not take a pod, selector by selector; without `obstacle` and with a selector that misses nothing, it does. */
export interface ProfileVerdict {
  readonly profile: string;
  readonly isMatch: boolean;
  /** What keeps the profile from the pod whatever its selectors say. */
  readonly obstacle?:
    | { readonly kind: 'notActive'; readonly status: string }
    /** The pod's label names another profile. */
    | { readonly kind: 'pinned'; readonly to: string }
    /** The pod's annotation keeps it from Fargate. */
    | { readonly kind: 'optedOut' };
  readonly selectors: readonly SelectorVerdict[];
}

/** The profile that takes a pod: the first by name of those that are ACTIVE and match. */
export const matchProfile = (pod: KubeObject, profiles: readonly FargateProfile[]): FargateProfile | undefined =>
  inOrder(profiles).find((profile) => whyNot(pod, profile).isMatch);

/** The order in which EKS asks profiles: by name, character by character. */
export const inOrder = (profiles: readonly FargateProfile[]): readonly FargateProfile[] =>
  profiles.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));

/** Holds one profile against a pod and says what is missing. */
export function whyNot(pod: KubeObject, profile: FargateProfile): ProfileVerdict {
  const selectors = profile.selectors.map((selector) => ({ selector, misses: missesOf(selector, namesOf(pod)) }));
  const obstacle = obstacleOf(pod, profile);
  const isMatch = obstacle === undefined && selectors.some(({ misses }) => misses.length === 0);
  return { profile: profile.name, isMatch, ...(obstacle && { obstacle }), selectors };
}

/** A profile takes no pods before it is ACTIVE and none once it is being deleted. */
function obstacleOf(pod: KubeObject, { name, status }: FargateProfile): ProfileVerdict['obstacle'] {
  const pinned = pod.metadata.labels?.[PROFILE_LABEL];
  if (optsOut(pod)) return { kind: 'optedOut' };
  if (status !== 'ACTIVE') return { kind: 'notActive', status };
  return pinned === undefined || pinned === name ? undefined : { kind: 'pinned', to: pinned };
}

export const optsOut = ({ metadata }: KubeObject): boolean => metadata.annotations?.[COMPUTE_TYPE_ANNOTATION] === 'ec2';

const namesOf = ({ metadata }: KubeObject): PodNames => ({
  namespace: metadata.namespace ?? 'default',
  labels: metadata.labels ?? {},
});

function missesOf({ namespace, labels }: ProfileSelector, pod: PodNames): readonly SelectorMiss[] {
  const wrongNamespace: readonly SelectorMiss[] = matchesWildcard(namespace, pod.namespace)
    ? []
    : [{ kind: 'namespace', wanted: namespace, found: pod.namespace }];
  const missing = Object.entries(labels).flatMap(([key, wanted]): SelectorMiss[] => {
    const found = Object.entries(pod.labels).flatMap(([own, value]) => (matchesWildcard(key, own) ? [value] : []));
    return found.some((value) => matchesWildcard(wanted, value)) ? [] : [{ kind: 'label', key, wanted, found }];
  });
  return [...wrongNamespace, ...missing];
}
