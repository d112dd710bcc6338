import { isMap, isScalar, isSeq, type ParsedNode, parseDocument } from 'yaml';
import { Fault } from '#core/fault.ts';
import type { Json } from '#core/json.ts';
import { isObject, type RawObject } from '#core/kube/object.ts';
import { apiVersionOf, type KubeResource } from '#core/kube/resource.ts';
import type { KubeRequest } from '../kube-request.ts';
import { PROTOBUF, readProtobuf } from '../protobuf/read-protobuf.ts';
import { jsonDuplicates } from './json-duplicates.ts';

export const MAX_BODY_BYTES = 1024 * 1024;
/** Reading YAML takes a hundred times as long as JSON, and no object that can be stored is larger. */
const MAX_YAML_CHARACTERS = 320 * 1024;
/** Deeper than any object of the API, and far from what a stack of calls bears. */
const MAX_DEPTH = 96;

export const mediaTypeOf = ({ headers }: KubeRequest): string =>
  (headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';

/** What was sent, and what of it stands there twice. */
export interface SentBody {
  readonly value: Json;
  /** Paths of members whose name an object has twice, found when asked for; the last one counts. */
  readonly duplicates: () => readonly string[];
}

/** Reads the body as JSON, YAML or protobuf, whatever it says. Faults: InvalidParameter, LimitExceeded, Refused. */
export function readSent(request: KubeRequest): SentBody {
  if (request.body.length > MAX_BODY_BYTES) {
    throw new Fault('LimitExceeded', `the body has more than the ${MAX_BODY_BYTES} bytes that are allowed`);
  }
  const sent = readAs(mediaTypeOf(request), request.body);
  requireDepth(sent.value, MAX_DEPTH);
  return sent;
}

export const readBody = (request: KubeRequest): Json => readSent(request).value;

function readAs(media: string, body: Uint8Array): SentBody {
  if (media === PROTOBUF) return { value: readProtobuf(body), duplicates: () => [] };
  const text = new TextDecoder().decode(body);
  const json = readJson(text);
  if (json !== undefined) return { value: json, duplicates: () => jsonDuplicates(text) };
  // JSON is YAML, too, and clients that apply send it as such.
  if (media.endsWith('yaml') && !isJson(text)) return readYaml(text);
  throw new Fault('InvalidParameter', 'the body of the request is no JSON');
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** JSON is YAML, too, and what clients send as YAML mostly is JSON. */
function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Without aliases: a few lines of them can mean gigabytes. */
function readYaml(text: string): SentBody {
  if (text.length > MAX_YAML_CHARACTERS) {
    const what = `a body of YAML has more than the ${MAX_YAML_CHARACTERS} characters that are allowed; JSON may be longer`;
    throw new Fault('LimitExceeded', what);
  }
  try {
    const document = parseDocument(text, { schema: 'core', merge: false, logLevel: 'silent', uniqueKeys: false });
    const [error] = document.errors;
    if (error) throw error;
    const value = document.toJS({ maxAliasCount: 0 }) as Json;
    return { value, duplicates: () => [...yamlDuplicates(document.contents, '')] };
  } catch (cause) {
    throw new Fault('InvalidParameter', 'the body of the request is no YAML', {}, { cause });
  }
}

function* yamlDuplicates(node: ParsedNode | null, path: string): Generator<string> {
  if (isSeq(node)) {
    for (const [index, element] of node.items.entries()) {
      yield* yamlDuplicates(element as ParsedNode, `${path}[${index}]`);
    }
  }
  if (!isMap(node)) return;
  const names = new Set<string>();
  for (const { key, value } of node.items) {
    const name = String(isScalar(key) ? key.value : key);
    const inner = path === '' ? name : `${path}.${name}`;
    if (names.has(name)) yield inner;
    names.add(name);
    yield* yamlDuplicates(value as ParsedNode | null, inner);
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
