import { configMapRules } from './kinds/config-map.ts';
import { PLAIN_RULES } from './kinds/kind-rules.ts';
import { namespaceRules } from './kinds/namespace.ts';
import { secretRules } from './kinds/secret.ts';
import { type KubeResource, resourceName, type Verb } from './resource.ts';

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const core = (resource: Pick<KubeResource, 'plural' | 'singular' | 'kind'> & Partial<KubeResource>): KubeResource => ({
  group: '',
  version: 'v1',
  shortNames: [],
  categories: [],
  isNamespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  selectableFields: [],
  rules: PLAIN_RULES,
  ...resource,
});

/** Every resource of the Kubernetes face. Paths, discovery, documents, checks and the tests are made from this table. */
export const RESOURCES: readonly KubeResource[] = [
  core({ plural: 'configmaps', singular: 'configmap', kind: 'ConfigMap', shortNames: ['cm'], rules: configMapRules }),
  core({
    plural: 'namespaces',
    singular: 'namespace',
    kind: 'Namespace',
    shortNames: ['ns'],
    isNamespaced: false,
    // A collection of namespaces cannot be deleted at once in Kubernetes either.
    verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
    subresources: [{ name: 'status', kind: 'Namespace', verbs: ['get', 'patch', 'update'] }],
    selectableFields: ['status.phase'],
    rules: namespaceRules,
  }),
  core({ plural: 'secrets', singular: 'secret', kind: 'Secret', selectableFields: ['type'], rules: secretRules }),
  core({ plural: 'serviceaccounts', singular: 'serviceaccount', kind: 'ServiceAccount', shortNames: ['sa'] }),
];

const BY_NAME: ReadonlyMap<string, KubeResource> = new Map(
  RESOURCES.map((resource) => [`${resource.group}/${resource.version}/${resource.plural}`, resource]),
);

export const findResource = (group: string, version: string, plural: string): KubeResource | undefined =>
  BY_NAME.get(`${group}/${version}/${plural}`);

/** The resource of a name the table of this file is sure to have, such as `namespaces`. */
export function resourceNamed(name: string): KubeResource {
  const found = RESOURCES.find((resource) => resourceName(resource) === name);
  if (!found) throw new TypeError(`no resource ${name}`);
  return found;
}
