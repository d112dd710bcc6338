import type { KubeObject } from '#core/kube/object.ts';
import { apiVersionOf, type KubeResource, shownAs } from '#core/kube/resource.ts';
import type { KubeCall } from './call.ts';
import { jsonAnswer, type KubeAnswer } from './kube-request.ts';
import { formOf } from './negotiate.ts';
import { partial, tableOf } from './table.ts';

/** One object, in the form its client asked for. */
export function objectAnswer(call: KubeCall, resource: KubeResource, object: KubeObject, status = 200): KubeAnswer {
  const form = formOf(call.request.headers['accept']);
  if (form.kind === 'metadata') return jsonAnswer(status, partial(object));
  if (form.kind === 'json') return jsonAnswer(status, shownAs(resource, object));
  const { resourceVersion } = object.metadata;
  return jsonAnswer(status, tableOf(resource, [object], { resourceVersion }, tableOptions(call)));
}

/** A list of objects, in the form its client asked for. */
export function listAnswer(
  call: KubeCall,
  resource: KubeResource,
  objects: readonly KubeObject[],
  metadata: { readonly resourceVersion: string; readonly continue?: string },
): KubeAnswer {
  const form = formOf(call.request.headers['accept']);
  if (form.kind === 'table') return jsonAnswer(200, tableOf(resource, objects, metadata, tableOptions(call)));
  if (form.kind === 'metadata') {
    const list = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata };
    return jsonAnswer(200, { ...list, items: objects.map(partial) });
  }
  return jsonAnswer(200, {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata,
    // The kind is said once, as Kubernetes does it.
    items: objects.map((stored) => {
      const { apiVersion: _version, kind: _kind, ...object } = shownAs(resource, stored);
      return object;
    }),
  });
}

export const tableOptions = ({ deps, parameters }: KubeCall) => ({
  now: deps.clock.now(),
  include: parameters.get('includeObject'),
});
