import type { JsonObject } from '../../json.ts';
import type { KubeObject } from '../object.ts';
import { isSameValue } from '../same-value.ts';
import { claim } from '../workload/owner.ts';
import { availableFrom, isActive, isFinished, isGoing } from '../workload/pod-standing.ts';
import { replicaSetSpec } from './replica-set.ts';
import { failureOf, replicaSetStatus } from './replica-set-status.ts';
import { type Retry, retryOf, roomFor, spentPods } from './retry.ts';
import { scaleInOrder } from './scale-in-order.ts';

/** One change of a pod that brings a ReplicaSet closer to what it asks for. */
export type PodMove =
  | { readonly kind: 'adopt'; readonly pod: KubeObject }
  | { readonly kind: 'release'; readonly pod: KubeObject }
  /** `failures`: how many failed soon before it, one in the place of the other. */
  | { readonly kind: 'create'; readonly failures: number }
  | { readonly kind: 'delete'; readonly pod: KubeObject };

export interface ReplicaSetPlan {
  readonly moves: readonly PodMove[];
  /** Active pods before the moves. */
  readonly active: readonly KubeObject[];
  /** The status over them; undefined when it stands so. */
  readonly status?: JsonObject;
  /** It wants no pods, and the last of them is gone: whoever controls it may have waited for that. */
  readonly isDrained: boolean;
  /** When to look again although nothing changes (epoch ms). */
  readonly lookAgainAt?: number;
}

/** At most so many pods are made or deleted before what came of it is looked at (Kubernetes: burst replicas). */
const BURST = 500;

/**
 * Decides what a ReplicaSet does next. `pods` are those of its namespace, at least those it owns and those nobody does.
 * Pods that go or have ended no longer count, as in Kubernetes.
 */
export function planReplicaSet(set: KubeObject, pods: readonly KubeObject[], now: number): ReplicaSetPlan {
  const spec = replicaSetSpec(set);
  if (!spec.selector) return { moves: [], active: [], isDrained: false };
  const { kept, adopted, released } = claim(set, spec.selector, pods);
  const taken = adopted.filter(isActive);
  const active = [...kept.filter(isActive), ...taken];
  const retry = retryOf(kept, now);
  const changes = isGoing(set) ? [] : changesOf(active, spec.replicas, retry, now);
  const spent = isGoing(set) ? [] : spentPods(kept.filter((pod) => isFinished(pod) && !isGoing(pod)));
  const isMissing = active.length < spec.replicas && !isGoing(set);
  const status = replicaSetStatus(set, active, now, isMissing ? failureOf(set) : undefined);
  const moments = [
    ...(isMissing && retry && retry.at > now ? [retry.at] : []),
    ...active.map((pod) => availableFrom(pod, spec.minReadySeconds) ?? 0).filter((at) => at > now),
  ];
  return {
    moves: [
      ...released.map((pod) => ({ kind: 'release', pod }) as const),
      ...taken.map((pod) => ({ kind: 'adopt', pod }) as const),
      // One thing at a time: what is adopted now is deleted in the next step.
      ...changes.filter((move) => move.kind !== 'delete' || !taken.includes(move.pod)),
      ...spent.map((pod) => ({ kind: 'delete', pod }) as const),
    ],
    active,
    isDrained: spec.replicas === 0 && kept.every(isFinished) && taken.length === 0,
    ...(!isSameValue(set['status'], status) && { status }),
    ...(moments.length > 0 && { lookAgainAt: Math.min(...moments) }),
  };
}

function changesOf(
  active: readonly KubeObject[],
  replicas: number,
  retry: Retry | undefined,
  now: number,
): readonly PodMove[] {
  const missing = replicas - active.length;
  if (missing <= 0) {
    const excess = scaleInOrder(active).slice(0, Math.min(-missing, BURST));
    return excess.map((pod) => ({ kind: 'delete', pod }));
  }
  if (retry && retry.at > now) return [];
  const count = Math.min(roomFor(missing, active, retry), BURST);
  return Array.from({ length: count }, () => ({ kind: 'create', failures: retry?.failures ?? 0 }));
}
