import { readProfiles } from '#control/eks/read-profiles.ts';
import { requireEksCluster } from '#control/eks/require-eks-cluster.ts';
import { Fault } from '#core/fault.ts';
import type { Json } from '#core/json.ts';
import { resourceOfKind } from '#core/kube/resources.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';
import { admitPod } from '#core/profile/admit-pod.ts';
import { inOrder, whyNot } from '#core/profile/match-profile.ts';
import { type PodMaker, podsOfManifests } from '#core/profile/pods-of-manifest.ts';
import { clusterName } from '../identifiers.ts';
import type { Operation } from '../operation.ts';
import type { Shape } from '../schema/shape.ts';

interface MatchProfilesRequest {
  readonly cluster?: string;
  /** Of manifests that name none; `default` unless given. */
  readonly namespace?: string;
  readonly manifests?: readonly Json[];
}

const text = (): Shape => ({ kind: 'string' });
const INPUT: Shape = {
  kind: 'structure',
  name: 'MatchProfilesRequest',
  members: new Map([
    ['cluster', text],
    ['namespace', text],
    ['manifests', () => ({ kind: 'list', item: () => ({ kind: 'document' }) })],
  ]),
  required: new Set(),
};

/**
 * `X-Amz-Target: Berth.MatchProfiles`, an operation neither ECS nor EKS has: which Fargate profile would take the pods of some
 * manifests, in which size, and why not. By the very decision that pods are let in by; nothing is written.
 */
export const matchProfilesOperation: Operation = {
  input: INPUT,
  output: { kind: 'document' },
  run: async ({ deps }, input) => {
    const { manifests = [], namespace = 'default', ...request } = input as MatchProfilesRequest;
    if (manifests.length === 0) throw new Fault('InvalidParameter', 'Give at least one manifest.');
    const cluster = clusterName(deps.scope, request.cluster);
    await requireEksCluster(deps, cluster);
    const profiles = inOrder((await readProfiles(deps, cluster)).map(({ value }) => value));
    const { makers, others } = podsOfManifests(manifests, namespace);
    return { cluster, workloads: makers.map((maker) => workloadView(maker, profiles)), others };
  },
};

const workloadView = ({ kind, apiVersion, namespace, name, pod }: PodMaker, profiles: readonly FargateProfile[]) => ({
  kind,
  namespace,
  name,
  /** Whether the Kubernetes API of Berth knows the kind. */
  isServed: resourceOfKind(apiVersion, kind) !== undefined,
  admission: admitPod(pod, profiles),
  profiles: profiles.map((profile) => whyNot(pod, profile)),
});
