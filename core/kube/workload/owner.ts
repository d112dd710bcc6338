import type { KubeObject, OwnerReference } from '../object.ts';
import { type LabelSelector, matchesLabels } from '../selector/label-selector.ts';

/** The reference by which an object's controller is known to what it makes. */
export const controllerReference = ({ apiVersion, kind, metadata }: KubeObject): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

export interface Claims<T extends KubeObject> {
  /** Its own, and still selected. */
  readonly kept: readonly T[];
  /** Nobody's, and selected: it takes them over. */
  readonly adopted: readonly T[];
  /** Its own, and selected no longer: it lets go of them. */
  readonly released: readonly T[];
}

/** Which objects belong to a controller that selects by labels (Kubernetes: controller references). One that goes takes nothing over. */
export function claim<T extends KubeObject>(
  owner: KubeObject,
  selector: LabelSelector,
  candidates: readonly T[],
): Claims<T> {
  const isOwn = (one: T): boolean => controllerOf(one)?.uid === owner.metadata.uid;
  const isSelected = (one: T): boolean => matchesLabels(selector, one.metadata.labels);
  const isGoing = owner.metadata.deletionTimestamp !== undefined;
  const own = candidates.filter(isOwn);
  return {
    kept: own.filter(isSelected),
    released: isGoing ? [] : own.filter((one) => !isSelected(one)),
    adopted: isGoing
      ? []
      : candidates.filter(
          (one) => !controllerOf(one) && one.metadata.deletionTimestamp === undefined && isSelected(one),
        ),
  };
}

/** An object that was adopted. */
export const owned = <T extends KubeObject>(object: T, owner: KubeObject): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    ownerReferences: [...(object.metadata.ownerReferences ?? []), controllerReference(owner)],
  },
});

/** An object that was released. */
export function disowned<T extends KubeObject>(object: T, owner: KubeObject): T {
  const { ownerReferences = [], ...metadata } = object.metadata;
  const left = ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid);
  return { ...object, metadata: { ...metadata, ...(left.length > 0 && { ownerReferences: left }) } };
}
