import type { JsonObject } from '../json.ts';
import type { Tag } from './tag.ts';

/**
 * The Kubernetes side of a cluster as EKS shows it. Machines, tasks and placement belong to the cluster of the same name that
 * the ECS face shows: there is one cluster, and each face has its record of it.
 */
export interface EksCluster {
  readonly name: string;
  readonly status: 'CREATING' | 'ACTIVE' | 'DELETING';
  /** Whether the cluster itself was made with it, and so goes with it. */
  readonly madeCluster: boolean;
  /**
   * Grows whenever a profile of the cluster is made or begins to be deleted.
   * Invariant: both write it on the condition of what they read, so neither decides on profiles that are not the newest.
   */
  readonly profileChanges: number;
  /** Stored and shown again, and nothing acts on it: roles, subnets, logging. */
  readonly echo: JsonObject;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
}
