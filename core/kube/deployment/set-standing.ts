import { type KubeObject, timeOf } from '../object.ts';
import { replicaSetCounts, replicaSetSpec } from '../replica-set/replica-set.ts';

/** A ReplicaSet of a Deployment, as far as a rollout counts it. */
export interface SetStanding {
  readonly set: KubeObject;
  /** Pods it asks for. */
  readonly replicas: number;
  /** Of those, pods that are available; it never has more of them than it asks for, for it takes others first. */
  readonly available: number;
}

export function standingOf(set: KubeObject): SetStanding {
  const { replicas } = replicaSetSpec(set);
  return { set, replicas, available: Math.min(replicaSetCounts(set).availableReplicas, replicas) };
}

/** A change of how many pods a ReplicaSet asks for. */
export interface Target {
  readonly set: KubeObject;
  readonly to: number;
}

export const total = (sets: readonly SetStanding[]): number => sets.reduce((sum, { replicas }) => sum + replicas, 0);

/** Names tell apart what was made in the same second. */
export const oldestFirst = (a: KubeObject, b: KubeObject): number =>
  timeOf(a.metadata.creationTimestamp) - timeOf(b.metadata.creationTimestamp) ||
  (a.metadata.name < b.metadata.name ? -1 : 1);
