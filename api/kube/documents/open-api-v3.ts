import type { JsonObject } from '#core/json.ts';
import type { KubeResource, Verb } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { definitionOf, definitionsOf, documentPathOf } from './definitions.ts';

const METHODS: ReadonlyMap<Verb, { readonly method: string; readonly isNamed: boolean }> = new Map([
  ['list', { method: 'get', isNamed: false }],
  ['create', { method: 'post', isNamed: false }],
  ['deletecollection', { method: 'delete', isNamed: false }],
  ['get', { method: 'get', isNamed: true }],
  ['update', { method: 'put', isNamed: true }],
  ['patch', { method: 'patch', isNamed: true }],
  ['delete', { method: 'delete', isNamed: true }],
]);

const reference = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** The OpenAPI 3 document of one group and version, such as `api/v1` or `apis/apps/v1`: what clients validate by. */
export function openApiV3(path: string): object {
  const served = RESOURCES.filter((resource) => documentPathOf(resource) === path);
  // Beside a reference nothing counts, so that what is said of a field stands around it.
  const definitions = definitionsOf(served, (name) => ({ allOf: [reference(name)] }));
  return {
    openapi: '3.0.0',
    info: { title: 'Berth', version: 'v1.33.0' },
    paths: Object.fromEntries(served.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(definitions) },
  };
}

function pathsOf(resource: KubeResource): readonly (readonly [string, object])[] {
  const within = resource.isNamespaced ? 'namespaces/{namespace}/' : '';
  const base = `/${documentPathOf(resource)}/${within}${resource.plural}`;
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
    '200': { description: 'OK', content: { 'application/json': { schema: reference(definitionOf(resource)) } } },
  },
});

const kindOf = ({ group, version, kind }: KubeResource): object => ({ group, version, kind });
