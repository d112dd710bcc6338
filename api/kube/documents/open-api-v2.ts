import { apiVersionOf, type KubeResource } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { type MessageField, messageNamed, messageNames } from '../protobuf/message-fields.ts';
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
  const described = [...new Set([...messageNames(), ...RESOURCES.map(({ kind }) => kind)])].map((name) =>
    named(HELD, definitionName(name), schemaOf(name)),
  );
  return Uint8Array.from([
    ...textField(DOCUMENT.swagger, '2.0'),
    ...messageField(DOCUMENT.info, textField(INFO.title, 'Berth'), textField(INFO.version, 'v1.33.0')),
    ...messageField(DOCUMENT.paths, ...RESOURCES.flatMap(pathsOf)),
    ...messageField(DOCUMENT.definitions, ...described),
  ]);
}

const named = (number: number, name: string, value: Fields): Fields =>
  messageField(number, textField(NAMED.name, name), messageField(NAMED.value, value));

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
    kindExtension(OPERATION.vendorExtension, resource, ''),
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

/** Which kind is meant, as YAML: of an operation one, of a definition a list of them. */
function kindExtension(number: number, { group, version, kind }: KubeResource, lead: '' | '- '): Fields {
  const indent = ' '.repeat(lead.length);
  const yaml = `${lead}group: "${group}"\n${indent}kind: ${kind}\n${indent}version: ${version}\n`;
  return named(number, 'x-kubernetes-group-version-kind', textField(ANY.yaml, yaml));
}

const definitionName = (message: string): string => `io.k8s.api.${message}`;

/** A kind of the table says which it is, so that clients find it; what the table has no fields of, they do not check. */
function schemaOf(message: string): Fields {
  const resource = RESOURCES.find(({ kind }) => kind === message);
  const own =
    resource && messageNamed(message)
      ? [property({ name: 'apiVersion', type: 'string' }), property({ name: 'kind', type: 'string' })]
      : [];
  const fields = [...(messageNamed(message)?.values() ?? [])].map(property);
  return [
    ...typeField('object'),
    ...messageField(SCHEMA.properties, ...own, ...fields),
    ...(resource ? kindExtension(SCHEMA.vendorExtension, resource, '- ') : []),
  ];
}

const property = (field: MessageField): Fields => named(HELD, field.name, propertySchema(field));

function propertySchema({ type, many }: MessageField): Fields {
  const one = valueSchema(type);
  if (many === 'list') return [...typeField('array'), ...messageField(SCHEMA.items, messageField(HELD, one))];
  if (many === 'map') {
    return [...typeField('object'), ...messageField(SCHEMA.additionalProperties, messageField(HELD, one))];
  }
  return one;
}

function valueSchema(type: string): Fields {
  switch (type) {
    case 'string':
      return typeField('string');
    case 'bytes':
      return [...textField(SCHEMA.format, 'byte'), ...typeField('string')];
    case 'time':
      return [...textField(SCHEMA.format, 'date-time'), ...typeField('string')];
    case 'int':
      return [...textField(SCHEMA.format, 'int64'), ...typeField('integer')];
    case 'bool':
      return typeField('boolean');
    // Anything at all.
    case 'json':
      return [];
    default:
      return textField(SCHEMA.ref, `#/definitions/${definitionName(type)}`);
  }
}

const typeField = (type: string): Fields => messageField(SCHEMA.type, textField(HELD, type));
