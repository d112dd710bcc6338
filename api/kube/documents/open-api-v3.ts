import { apiVersionOf, type KubeResource, type Verb } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';

const METHODS: ReadonlyMap<Verb, { readonly method: string; readonly isNamed: boolean }> = new Map([
  ['list', { method: 'get', isNamed: false }],
  ['create', { method: 'post', isNamed: false }],
  ['deletecollection', { method: 'delete', isNamed: false }],
  ['get', { method: 'get', isNamed: true }],
  ['update', { method: 'put', isNamed: true }],
  ['patch', { method: 'patch', isNamed: true }],
  ['delete', { method: 'delete', isNamed: true }],
]);

/** The OpenAPI 3 document of one group and version, such as `api/v1` or `apis/apps/v1`: what clients validate by. */
export function openApiV3(path: string): object {
  const served = RESOURCES.filter((resource) => pathOf(resource) === path);
  return {
    openapi: '3.0.0',
    info: { title: 'Berth', version: 'v1.33.0' },
    paths: Object.fromEntries(served.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(served.map((resource) => [schemaName(resource), schemaOf(resource)])) },
  };
}

const pathOf = (resource: KubeResource): string => (resource.group === '' ? 'api/' : 'apis/') + apiVersionOf(resource);

function pathsOf(resource: KubeResource): readonly (readonly [string, object])[] {
  const base = `/${pathOf(resource)}/${resource.isNamespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}`;
  const operations = (isNamed: boolean): object =>
    Object.fromEntries(
      resource.verbs.flatMap((verb) => {
        const found = METHODS.get(verb);
        return found && found.isNamed === isNamed ? [[found.method, operationOf(resource, verb)]] : [];
      }),
    );
  return [
    [base, operations(false)],
    [`${base}/{name}`, operations(true)],
  ];
}

const WRITING: ReadonlySet<Verb> = new Set(['create', 'update', 'patch']);

const operationOf = (resource: KubeResource, verb: Verb): object => ({
  operationId: `${verb}${resource.kind}`,
  'x-kubernetes-action': verb === 'create' ? 'post' : verb === 'update' ? 'put' : verb,
  'x-kubernetes-group-version-kind': kindOf(resource),
  parameters: WRITING.has(verb)
    ? ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({ name, in: 'query', schema: { type: 'string' } }))
    : [],
  responses: {
    '200': {
      description: 'OK',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName(resource)}` } } },
    },
  },
});

const kindOf = ({ group, version, kind }: KubeResource): object => ({ group, version, kind });

const schemaName = ({ group, version, kind }: KubeResource): string =>
  `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`;

const schemaOf = (resource: KubeResource): object => ({
  type: 'object',
  'x-kubernetes-group-version-kind': [kindOf(resource)],
  properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } },
});
