import type { KubeResource } from '#core/kube/resource.ts';
import { findResource } from '#core/kube/resources.ts';

/** What a path of the Kubernetes API names. */
export type Route =
  | { readonly kind: 'document'; readonly path: string }
  | { readonly kind: 'collection'; readonly resource: KubeResource; readonly namespace: string | undefined }
  | {
      readonly kind: 'object';
      readonly resource: KubeResource;
      /** Empty for a cluster-scoped object. */
      readonly namespace: string;
      readonly name: string;
      readonly subresource?: string;
    }
  /** A part of a pod that is a connection of its own, which this face has none of. */
  | { readonly kind: 'upgrade'; readonly namespace: string; readonly name: string; readonly subresource: string }
  | { readonly kind: 'unknown' };

const UNKNOWN: Route = { kind: 'unknown' };

const UPGRADES: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward']);

/** Reads a path. Names are decoded one by one, so that an escaped slash stays inside of its name. */
export function routeOf(path: string): Route {
  const parts = decoded(path.replace(/^\//, '').replace(/\/$/, '').split('/'));
  if (!parts) return UNKNOWN;
  const [root, ...rest] = parts;
  if (root === 'api' && rest.length > 1) return inGroup('', rest[0] ?? '', rest.slice(1));
  if (root === 'apis' && rest.length > 2) return inGroup(rest[0] ?? '', rest[1] ?? '', rest.slice(2));
  return { kind: 'document', path: `/${parts.join('/')}` };
}

function decoded(parts: readonly string[]): readonly string[] | undefined {
  try {
    const names = parts.map((part) => decodeURIComponent(part));
    return names.some((name) => name.includes('/') || name === '..') ? undefined : names;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Subresources of a namespace stand where the resources in it stand. */
const NAMESPACE_PARTS: ReadonlySet<string> = new Set(['status', 'finalize']);

function inGroup(group: string, version: string, parts: readonly string[]): Route {
  const [first = '', second = '', third, ...rest] = parts;
  if (first === 'namespaces' && group === '' && (third === undefined || NAMESPACE_PARTS.has(third))) {
    return at(group, version, undefined, parts);
  }
  if (first === 'namespaces' && third !== undefined) return at(group, version, second, [third, ...rest]);
  return at(group, version, undefined, parts);
}

function at(group: string, version: string, namespace: string | undefined, parts: readonly string[]): Route {
  const [plural = '', name, subresource, ...more] = parts;
  const resource = findResource(group, version, plural);
  if (!resource || more.length > 0 || (namespace !== undefined && !resource.isNamespaced)) return UNKNOWN;
  if (name === undefined) return { kind: 'collection', resource, namespace };
  if (resource.isNamespaced && namespace === undefined) return UNKNOWN;
  if (resource.kind === 'Pod' && UPGRADES.has(subresource ?? ''))
    return { kind: 'upgrade', namespace: namespace ?? '', name, subresource: subresource ?? '' };
  if (subresource !== undefined && !resource.subresources.some((known) => known.name === subresource)) return UNKNOWN;
  return {
    kind: 'object',
    resource,
    namespace: namespace ?? '',
    name,
    ...(subresource === undefined ? {} : { subresource }),
  };
}
