import type { Tag } from './tag.ts';

/** A named group of services, tasks and container instances. INACTIVE clusters stay describable by name. */
export interface Cluster {
  readonly name: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly tags: readonly Tag[];
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly createdAt: number;
}
