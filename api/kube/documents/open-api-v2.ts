import type { Json, JsonObject } from '#core/json.ts';
import { isObject, objectAt } from '#core/kube/object.ts';
import { apiVersionOf, type KubeResource } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { definitionsOf } from './definitions.ts';
import { type Fields, messageField, textField } from './protobuf-writer.ts';

/** What clients ask for, and what they want it to be called: the `@` of the one is no part of a media type. */
export const OPEN_API_V2_ASKED = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
export const OPEN_API_V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Numbers of the fields in gnostic's OpenAPIv2.proto. A list of named things has them as pairs of name and value. */
const DOCUMENT = { swagger: 1, info: 2, paths: 8, definitions: 9 };
const INFO = { title: 1, version: 2 };
const PATHS = { path: 2 };
const NAMED = { name: 1, value: 2 };
const PATH_ITEM = { put: 3, post: 4, patch: 8 };
const OPERATION = { operationId: 5, parameters: 8, responses: 9, vendorExtension: 13 };
const ANY = { yaml: 2 };
const SCHEMA = {
  ref: 1,
  format: 2,
  description: 4,
  required: 19,
  additionalProperties: 21,
  type: 22,
  items: 23,
  properties: 25,
  vendorExtension: 31,
};
/** Of definitions, properties, type names, items and a map's values: each wraps what it holds in field 1. */
const HELD = 1;
/** From ParametersItem through Parameter and NonBodyParameter to QueryParameterSubSchema. */
const PARAMETER = { parameter: 1, nonBody: 2, query: 3, in: 2, name: 4, type: 6 };

/** The OpenAPI 2 document as protobuf: what kubectl up to 1.28 validates by, and every kubectl for `kind: List`. */
export function openApiV2(): Uint8Array {
  const definitions = definitionsOf(RESOURCES, (name) => ({ $ref: `#/definitions/${name}` }));
  const described = [...definitions].map(([name, schema]) => named(HELD, name, schemaFields(schema)));
  return Uint8Array.from([
    ...textField(DOCUMENT.swagger, '2.0'),
    ...messageField(DOCUMENT.info, textField(INFO.title, 'Berth'), textField(INFO.version, 'v1.33.0')),
    ...messageField(DOCUMENT.paths, ...RESOURCES.flatMap(pathsOf)),
    ...messageField(DOCUMENT.definitions, ...described),
  ]);
}

function pathsOf(resource: KubeResource): readonly Fields[] {
  const root = resource.group === '' ? '/api' : '/apis';
  const within = resource.isNamespaced ? 'namespaces/{namespace}/' : '';
  const base = `${root}/${apiVersionOf(resource)}/${within}${resource.plural}`;
  const { verbs } = resource;
  const create = verbs.includes('create') ? operation(PATH_ITEM.post, resource, 'create') : [];
  const update = verbs.includes('update') ? operation(PATH_ITEM.put, resource, 'update') : [];
  const patch = verbs.includes('patch') ? operation(PATH_ITEM.patch, resource, 'patch') : [];
  return [named(PATHS.path, base, create), named(PATHS.path, `${base}/{name}`, [...update, ...patch])];
}

const operation = (number: number, resource: KubeResource, verb: string): Fields =>
  messageField(
    number,
    textField(OPERATION.operationId, `${verb}${resource.kind}`),
    ...['dryRun', 'fieldManager', 'fieldValidation'].map(queryParameter),
    messageField(OPERATION.responses),
    kindExtension(OPERATION.vendorExtension, resource),
  );

const queryParameter = (name: string): Fields =>
  messageField(
    OPERATION.parameters,
    messageField(
      PARAMETER.parameter,
      messageField(
        PARAMETER.nonBody,
        messageField(
          PARAMETER.query,
          textField(PARAMETER.in, 'query'),
          textField(PARAMETER.name, name),
          textField(PARAMETER.type, 'string'),
        ),
      ),
    ),
  );

const kindExtension = (number: number, { group, version, kind }: KubeResource): Fields =>
  named(
    number,
    'x-kubernetes-group-version-kind',
    textField(ANY.yaml, `${JSON.stringify({ group, version, kind })}\n`),
  );

const named = (number: number, name: string, value: Fields): Fields =>
  messageField(number, textField(NAMED.name, name), messageField(NAMED.value, value));

/** A JSON schema as the message it is in gnostic's form. */
function schemaFields(schema: JsonObject): Fields {
  const { $ref, type, format, description, items, additionalProperties, properties, required } = schema;
  const inner = (value: Json | undefined): readonly Fields[] =>
    isObject(value) ? [messageField(HELD, schemaFields(value))] : [];
  return [
    ...(typeof $ref === 'string' ? textField(SCHEMA.ref, $ref) : []),
    ...(typeof format === 'string' ? textField(SCHEMA.format, format) : []),
    ...(typeof description === 'string' ? textField(SCHEMA.description, description) : []),
    ...(Array.isArray(required) ? required.flatMap((name) => textField(SCHEMA.required, String(name))) : []),
    ...inner(additionalProperties).flatMap((held) => messageField(SCHEMA.additionalProperties, held)),
    ...(typeof type === 'string' ? messageField(SCHEMA.type, textField(HELD, type)) : []),
    ...inner(items).flatMap((held) => messageField(SCHEMA.items, held)),
    ...(isObject(properties) ? messageField(SCHEMA.properties, ...propertyFields(properties)) : []),
    ...extensionFields(schema),
  ];
}

const propertyFields = (properties: JsonObject): readonly Fields[] =>
  Object.entries(properties).map(([name, value]) => named(HELD, name, schemaFields(objectAt(value))));

/** Extensions carry their value as YAML, and JSON is YAML. */
const extensionFields = (schema: JsonObject): Fields =>
  Object.entries(schema)
    .filter(([name]) => name.startsWith('x-'))
    .flatMap(([name, value]) => named(SCHEMA.vendorExtension, name, textField(ANY.yaml, `${JSON.stringify(value)}\n`)));
