import type { JsonObject } from '../json.ts';
import type { CapacityProviderStrategy } from './capacity-provider.ts';
import type { Tag } from './tag.ts';

export interface ClusterSetting {
  readonly name: string;
  readonly value: string;
}

/** A named group of services, tasks and container instances. INACTIVE clusters stay describable by name. */
export interface Cluster {
  readonly name: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly tags: readonly Tag[];
  readonly settings: readonly ClusterSetting[];
  /** Stored and echoed only: nothing of it can be acted on yet. */
  readonly configuration?: JsonObject;
  /** Names of the providers its tasks may be given to; absent means none. */
  readonly capacityProviders?: readonly string[];
  /** For tasks and services that name neither a launch type nor a strategy; absent means none. */
  readonly defaultCapacityProviderStrategy?: CapacityProviderStrategy;
  readonly createdAt: number;
}
