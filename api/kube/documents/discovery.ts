import type { KubeResource, Subresource } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';

/** Groups with their versions, the preferred one first, in the order of the table; the core group has an empty name. */
const groups = (): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const { group, version } of RESOURCES) {
    const versions = found.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    found.set(group, versions);
  }
  return found;
};

/** GET /api. */
export const coreVersions = (): object => ({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });

/** GET /apis. */
export const groupList = (): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groups()].filter(([name]) => name !== '').map(([name, versions]) => groupOf(name, versions)),
});

/** GET /apis/{group}; undefined when there is no such group. */
export function groupDocument(name: string): object | undefined {
  const versions = name === '' ? undefined : groups().get(name);
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name, versions) };
}

const groupOf = (name: string, versions: readonly string[]): object => {
  const named = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: named, preferredVersion: named[0] };
};

/** GET /api/v1 and /apis/{group}/{version}; undefined when nothing is served there. */
export function resourceList(group: string, version: string): object | undefined {
  const served = RESOURCES.filter((resource) => resource.group === group && resource.version === version);
  if (served.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: served.flatMap((resource) => [
      resourceEntry(resource),
      ...resource.subresources.map((part) => subresourceEntry(resource, part)),
    ]),
  };
}

const resourceEntry = (resource: KubeResource): object => ({
  name: resource.plural,
  singularName: resource.singular,
  namespaced: resource.isNamespaced,
  kind: resource.kind,
  verbs: resource.verbs,
  ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
  ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
});

const subresourceEntry = (resource: KubeResource, { name, kind, group, version, verbs }: Subresource): object => ({
  name: `${resource.plural}/${name}`,
  singularName: '',
  namespaced: resource.isNamespaced,
  ...(group === undefined ? {} : { group }),
  ...(version === undefined ? {} : { version }),
  kind,
  verbs,
});

/** Aggregated discovery (apidiscovery.k8s.io v2 and v2beta1): everything under /api or under /apis at once. */
export const aggregated = (isCore: boolean, version: 'v2' | 'v2beta1'): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${version}`,
  metadata: {},
  items: [...groups()]
    .filter(([name]) => (name === '') === isCore)
    .map(([name, versions]) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((one) => ({
        version: one,
        freshness: 'Current',
        resources: RESOURCES.filter((resource) => resource.group === name && resource.version === one).map(entry),
      })),
    })),
});

const entry = (resource: KubeResource): object => ({
  resource: resource.plural,
  responseKind: kindOf(resource),
  scope: resource.isNamespaced ? 'Namespaced' : 'Cluster',
  singularResource: resource.singular,
  verbs: resource.verbs,
  ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
  ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
  ...(resource.subresources.length > 0
    ? {
        subresources: resource.subresources.map(({ name, verbs, ...part }) => ({
          subresource: name,
          responseKind: kindOf({ ...resource, ...part }),
          verbs,
        })),
      }
    : {}),
});

const kindOf = ({ group, version, kind }: Pick<KubeResource, 'group' | 'version' | 'kind'>): object => ({
  group,
  version,
  kind,
});
