import type { JsonObject } from '#core/json.ts';
import { apiVersionOf, type KubeResource } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { type GroupVersionKind, servedSchema, typeNamed } from '#core/kube/schema/schema.ts';
import type { Field, ListMerge, Scalar, Shape, TypeSchema } from '#core/kube/schema/shape.ts';
import { KIND_DESCRIPTIONS } from './kind-descriptions.ts';

/** Names of schemas are those of the Go packages behind them: clients show their last part as the type of a field. */
const definitionName = (type: string): string =>
  type.startsWith('meta.') ? `io.k8s.apimachinery.pkg.apis.${type}` : `io.k8s.api.${type}`;

/** Values without members that have a schema of their own. */
const NAMED_SCALARS: Partial<Record<Scalar, { readonly name: string; readonly schema: JsonObject }>> = {
  time: { name: definitionName('meta.v1.Time'), schema: { type: 'string', format: 'date-time' } },
  microtime: { name: definitionName('meta.v1.MicroTime'), schema: { type: 'string', format: 'date-time' } },
  duration: { name: definitionName('meta.v1.Duration'), schema: { type: 'string' } },
  fields: { name: definitionName('meta.v1.FieldsV1'), schema: { type: 'object' } },
  raw: { name: 'io.k8s.apimachinery.pkg.runtime.RawExtension', schema: { type: 'object' } },
  quantity: { name: 'io.k8s.apimachinery.pkg.api.resource.Quantity', schema: { type: 'string' } },
  intstr: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: { type: 'string', format: 'int-or-string' },
  },
};

const PLAIN_SCALARS: Partial<Record<Scalar, JsonObject>> = {
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bytes: { type: 'string', format: 'byte' },
  strings: { type: 'array', items: { type: 'string' } },
};

/** Schemas by name, as they stand in an OpenAPI document; `refer` writes how one names another. */
export function definitionsOf(
  resources: readonly KubeResource[],
  refer: (name: string) => JsonObject,
): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const kinds = resources.flatMap(kindsOf);
  const waiting = kinds.map(servedSchema);
  for (let type = waiting.shift(); type !== undefined; type = waiting.shift()) {
    const name = definitionName(type.name);
    if (found.has(name)) continue;
    const named = kinds.filter((kind) => servedSchema(kind) === type);
    const writer = new SchemaWriter(refer);
    found.set(name, { ...writer.type(type), ...kindMembers(named) });
    waiting.push(...[...writer.types].map(typeNamed));
    for (const { name: scalar, schema } of writer.scalars) found.set(scalar, schema);
  }
  return found;
}

/** The resource's own kind and those of its subresources. */
const kindsOf = ({ group, version, kind, subresources }: KubeResource): readonly GroupVersionKind[] => [
  { group, version, kind },
  ...subresources.map((part) => ({ group: part.group ?? group, version: part.version ?? version, kind: part.kind })),
];

function kindMembers(kinds: readonly GroupVersionKind[]): JsonObject {
  const [first] = kinds;
  if (!first) return {};
  const { group, version, kind } = first;
  const description = KIND_DESCRIPTIONS.get(kind);
  return {
    ...(description === undefined ? {} : { description }),
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}

/** Name of the schema of a resource's objects. */
export const definitionOf = (resource: KubeResource): string => definitionName(servedSchema(resource).name);

export const documentPathOf = (resource: KubeResource): string =>
  (resource.group === '' ? 'api/' : 'apis/') + apiVersionOf(resource);

/** Documents of /openapi/v3, by the path under it that holds one group and version. */
export const documentPaths = (): readonly string[] => [...new Set(RESOURCES.map(documentPathOf))];

/** Writes types as JSON schemas and remembers which others they lead to. */
class SchemaWriter {
  readonly types = new Set<string>();
  readonly scalars = new Set<{ readonly name: string; readonly schema: JsonObject }>();
  readonly #refer: (name: string) => JsonObject;

  constructor(refer: (name: string) => JsonObject) {
    this.#refer = refer;
  }

  type({ fields, isAtomic }: TypeSchema): JsonObject {
    const all = [...fields.values()];
    const required = all.filter(({ isRequired }) => isRequired).map(({ name }) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(all.map((field) => [field.name, this.#property(field)])),
      ...(required.length > 0 ? { required } : {}),
      ...(isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    };
  }

  #property(field: Field): JsonObject {
    return { ...this.#shape(field.shape), ...mergeMembers(field) };
  }

  #shape(shape: Shape): JsonObject {
    switch (shape.kind) {
      case 'object':
        this.types.add(shape.type);
        return this.#refer(definitionName(shape.type));
      case 'list':
        return { type: 'array', items: this.#shape(shape.element) };
      case 'map':
        return { type: 'object', additionalProperties: this.#shape(shape.value) };
      case 'scalar': {
        const named = NAMED_SCALARS[shape.type];
        if (!named) return PLAIN_SCALARS[shape.type] ?? { type: 'string' };
        this.scalars.add(named);
        return this.#refer(named.name);
      }
    }
  }
}

/** How lists and maps are merged: clients that make patches read it here. */
function mergeMembers({ shape, merge, patch, retainsKeys, isAtomic }: Field): JsonObject {
  const strategies = [...(patch.kind === 'atomic' ? [] : ['merge']), ...(retainsKeys ? ['retainKeys'] : [])];
  return {
    ...(shape.kind === 'list' ? listType(merge) : {}),
    ...(isAtomic && shape.kind !== 'list' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(patch.kind === 'by-key' ? { 'x-kubernetes-patch-merge-key': patch.keys[0] } : {}),
    ...(strategies.length > 0 ? { 'x-kubernetes-patch-strategy': strategies.join(',') } : {}),
  };
}

function listType(merge: ListMerge): JsonObject {
  if (merge.kind !== 'by-key') return { 'x-kubernetes-list-type': merge.kind };
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': merge.keys };
}
