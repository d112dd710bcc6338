import type { NamedTarget } from '#control/kube/object-request.ts';
import type { Face, KubeResource } from '#core/kube/resource.ts';

/** What a request's target is shown as, and what a change of that makes of the object. */
export interface Facet extends Face {
  /** The resource, with the kind of what is sent and answered. */
  readonly resource: KubeResource;
}

/** A subresource may show an object of another kind, such as a Scale; everything else shows the object as it is. */
export function facetOf({ resource, subresource }: NamedTarget): Facet {
  const part = resource.subresources.find(({ name }) => name === subresource);
  if (!part?.face) return { resource, show: (object) => object, change: (_before, sent) => sent };
  const { kind, group = resource.group, version = resource.version, face } = part;
  return { resource: { ...resource, kind, group, version }, ...face };
}
