import type { KubeObject } from '#core/kube/object.ts';
import * as keys from '../keys.ts';
import { record } from '../records.ts';

/** Which objects belong together: a resource of one cluster, such as `pods` or `deployments.apps`. */
export interface CollectionId {
  readonly cluster: string;
  readonly resource: string;
}

export interface ObjectId extends CollectionId {
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
}

/** One entry of a collection's log: what a watch shows. */
export interface ObjectChange {
  readonly position: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The object as the change left it; a deleted one as it last was. Its resourceVersion is the position. */
  readonly object: KubeObject;
  /** The object before the change, without its content: what selectors look at, so that a watch sees it leave a selection. */
  readonly previous?: KubeObject;
}

/**
 * Newest position of a collection's log.
 * Invariant: every change of the collection moves it in the change's own transaction, so positions have no gap and no order
 * other than that of the commits: whoever read up to a position has missed nothing before it.
 */
export interface LogHead {
  readonly position: number;
}

export const objects = record<ObjectId, KubeObject>('kube-object', ({ cluster, resource, namespace, name }) =>
  keys.objectKey(cluster, resource, namespace, name),
);
export const objectChanges = record<CollectionId & Pick<ObjectChange, 'position'>, ObjectChange>(
  'kube-change',
  ({ cluster, resource, position }) => keys.objectChangeKey(cluster, resource, position),
);
/** Who has what only one object of a collection may have at a time, such as an address. */
export const objectClaims = record<CollectionId & { readonly claim: string }, { readonly uid: string }>(
  'kube-claim',
  ({ cluster, resource, claim }) => keys.objectClaimKey(cluster, resource, claim),
);
/** Where the log of an untouched collection stands: clients take position 0 for "anything will do". */
export const FIRST_POSITION = 1;

export const logHeads = record<CollectionId, LogHead>('kube-log-head', ({ cluster, resource }) =>
  keys.objectLogHeadKey(cluster, resource),
);
