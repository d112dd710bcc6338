import { parse } from 'yaml';
import { Fault } from '#core/fault.ts';
import type { Json } from '#core/json.ts';
import { isObject, type RawObject } from '#core/kube/object.ts';
import { apiVersionOf, type KubeResource } from '#core/kube/resource.ts';
import type { KubeRequest } from './kube-request.ts';
import { PROTOBUF, readProtobuf } from './protobuf/read-protobuf.ts';

export const MAX_BODY_BYTES = 1024 * 1024;
/** Deeper than any object of the API, and far from what a stack of calls bears. */
const MAX_DEPTH = 96;

export const mediaTypeOf = ({ headers }: KubeRequest): string =>
  (headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';

/** Reads the body as JSON, YAML or protobuf, whatever it says. Faults: InvalidParameter, LimitExceeded, Refused. */
export function readBody(request: KubeRequest): Json {
  if (request.body.length > MAX_BODY_BYTES) {
    throw new Fault('LimitExceeded', `the body has more than the ${MAX_BODY_BYTES} bytes that are allowed`);
  }
  const value = readAs(mediaTypeOf(request), request.body);
  requireDepth(value, MAX_DEPTH);
  return value;
}

function readAs(media: string, body: Uint8Array): Json {
  if (media === PROTOBUF) return readProtobuf(body);
  const text = new TextDecoder().decode(body);
  return media.endsWith('yaml') ? readYaml(text) : readJson(text);
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new Fault('InvalidParameter', 'the body of the request is no JSON', {}, { cause });
  }
}

/** Without aliases: a few lines of them can mean gigabytes. */
function readYaml(text: string): Json {
  try {
    return parse(text, { maxAliasCount: 0, schema: 'core', merge: false, logLevel: 'silent' }) as Json;
  } catch (cause) {
    throw new Fault('InvalidParameter', 'the body of the request is no YAML', {}, { cause });
  }
}

function requireDepth(value: Json, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth === 0) throw new Fault('InvalidParameter', `the body is nested deeper than ${MAX_DEPTH} levels`);
  for (const inner of Object.values(value)) if (inner !== undefined) requireDepth(inner, depth - 1);
}

/** An object of the resource's kind. Faults: InvalidParameter, as Kubernetes words it. */
export function requireKind(resource: KubeResource, value: Json, namespace: string | undefined): RawObject {
  if (!isObject(value)) throw new Fault('InvalidParameter', 'the body of the request is no object');
  const { apiVersion = apiVersionOf(resource), kind = resource.kind, metadata } = value;
  if (apiVersion !== apiVersionOf(resource) || kind !== resource.kind) {
    throw new Fault(
      'InvalidParameter',
      `${String(kind)} in version "${String(apiVersion)}" cannot be handled as a ${resource.kind}`,
    );
  }
  const named = isObject(metadata) ? metadata['namespace'] : undefined;
  if (resource.isNamespaced && named !== undefined && named !== '' && named !== namespace) {
    throw new Fault(
      'InvalidParameter',
      `the namespace of the provided object does not match the namespace sent on the request: ${String(named)}, ${namespace}`,
    );
  }
  return value;
}
