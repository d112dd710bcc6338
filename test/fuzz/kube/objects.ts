import { apiVersionOf, type KubeResource, resourceName } from '#core/kube/resource.ts';
import { schemaOf } from '#core/kube/schema/schema.ts';
import { encodeKind } from '#test/support/encode-protobuf.ts';
import type { JsonObject } from '../valid-requests.ts';
import { MANIFESTS } from './manifests.ts';

/** A whole object of a resource, as a client would send it. */
export const manifestOf = (resource: KubeResource, name: string, namespace: string): JsonObject => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  metadata: {
    name,
    ...(resource.isNamespaced ? { namespace } : {}),
    labels: { app: 'web', tier: 'front' },
    annotations: { 'example.com/note': 'a b' },
  },
  ...MANIFESTS[resourceName(resource)],
});

/** The same as Kubernetes' protobuf. */
export function protobufOf(resource: KubeResource, object: JsonObject): Uint8Array | undefined {
  const type = schemaOf(resource);
  return type && encodeKind(apiVersionOf(resource), resource.kind, type.name, object);
}
