import { isCollecting } from '#core/kube/gc/propagation.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { resourceName } from '#core/kube/resource.ts';
import { resourceNamed, resourceOfKind } from '#core/kube/resources.ts';
import type { WorkItem } from '#events/work-item.ts';
import type { ObjectId } from './records.ts';

export type ObjectWork = Extract<WorkItem, { readonly kind: 'object' }>;

/** The work of looking after an object and then after its controller. */
export function objectWork({ cluster, resource, namespace, name }: ObjectId, object?: KubeObject): ObjectWork {
  const owner = object && controllerOf(object);
  return { kind: 'object', cluster, resource, namespace, name, ...(owner && { owner }) };
}

/** What a change has to be told to; undefined when nobody looks after such an object. A deletion concerns what it owned. */
export function workOfChange(id: ObjectId, object: KubeObject, isDeleted: boolean): ObjectWork | undefined {
  if (isDeleted) return { ...objectWork(id, object), gone: object.metadata.uid };
  const isOwned = (object.metadata.ownerReferences ?? []).length > 0;
  const isHeeded = isOwned || resourceNamed(id.resource).isReconciled || isCollecting(object);
  return isHeeded ? objectWork(id, object) : undefined;
}

function controllerOf({ metadata }: KubeObject): ObjectWork['owner'] {
  const reference = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const resource = reference && resourceOfKind(reference.apiVersion, reference.kind);
  return resource && { resource: resourceName(resource), name: reference.name };
}
