import type { KubeObject } from '#core/kube/object.ts';
import type { KubeResource } from '#core/kube/resource.ts';
import { collectionName } from '#core/kube/resource.ts';
import type { ObjectId } from './records.ts';

/** Where a request points: a resource of a cluster, and in it a namespace and a name. */
export interface Target {
  readonly cluster: string;
  readonly resource: KubeResource;
  /** Empty for a cluster-scoped resource. */
  readonly namespace: string;
}

export interface NamedTarget extends Target {
  readonly name: string;
  /** Absent: the object itself. */
  readonly subresource?: string;
}

/** What every request that changes something says beside the object. */
export interface ChangeOptions {
  /** `dryRun=All`: everything is decided and checked, nothing is written. */
  readonly isDryRun: boolean;
  /** Writes who owns which fields of the changed object; absent: the owners stay as they are. */
  readonly track?: (after: KubeObject, before?: KubeObject) => KubeObject;
}

export const collectionOf = ({ cluster, resource }: Target) => ({ cluster, resource: collectionName(resource) });

export const objectIdOf = (target: Target, name: string): ObjectId => ({
  ...collectionOf(target),
  namespace: target.namespace,
  name,
});
