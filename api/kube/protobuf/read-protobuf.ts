import { Fault } from '#core/fault.ts';
import type { JsonObject } from '#core/json.ts';
import { groupVersionOf, schemaOf } from '#core/kube/schema/schema.ts';
import { readMessage } from './read-message.ts';
import { bytesOf, fieldsOf, readText } from './read-scalar.ts';
import { malformed, type WireValue } from './wire-reader.ts';

/** What Kubernetes' protobuf begins with: `k8s` and a zero byte. */
const MAGIC = [0x6b, 0x38, 0x73, 0];
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/**
 * Reads an object in the envelope that says what it is (runtime.Unknown of apimachinery), as the JSON it stands for.
 * Faults: InvalidParameter; Refused (a kind nobody knows).
 */
export function readProtobuf(bytes: Uint8Array): JsonObject {
  if (MAGIC.some((byte, index) => bytes[index] !== byte))
    throw malformed('it does not begin with "k8s" and a zero byte');
  const { apiVersion, kind, raw, contentEncoding, contentType } = readEnvelope(bytes.subarray(MAGIC.length));
  if (contentEncoding !== '') throw malformed(`its content is encoded as "${contentEncoding.slice(0, 40)}"`);
  if (contentType !== '' && contentType !== PROTOBUF) {
    throw malformed(`its content is "${contentType.slice(0, 40)}" and not ${PROTOBUF}`);
  }
  const type = schemaOf({ ...groupVersionOf(apiVersion), kind });
  if (!type) {
    const text = `"${kind.slice(0, 63)}" is not read as protobuf here - send it as application/json or application/yaml`;
    throw new Fault('Refused', text, { reason: 'UnsupportedMediaType' });
  }
  return { apiVersion, kind, ...readMessage(raw, type) };
}

/** runtime.Unknown: what kind it is (TypeMeta), the message itself, and how that is encoded. */
const ENVELOPE = { typeMeta: 1, raw: 2, contentEncoding: 3, contentType: 4 };
const TYPE_META = { apiVersion: 1, kind: 2 };

function readEnvelope(bytes: Uint8Array) {
  const envelope = new Map(fieldsOf(bytes));
  const type = new Map(fieldsOf(partOf(envelope, ENVELOPE.typeMeta)));
  const text = (fields: ReadonlyMap<number, WireValue>, number: number): string =>
    readText('the envelope', partOf(fields, number));
  const kind = text(type, TYPE_META.kind);
  if (kind === '') throw malformed('it does not say which kind it is');
  return {
    apiVersion: text(type, TYPE_META.apiVersion),
    kind,
    raw: partOf(envelope, ENVELOPE.raw),
    contentEncoding: text(envelope, ENVELOPE.contentEncoding),
    contentType: text(envelope, ENVELOPE.contentType),
  };
}

const partOf = (fields: ReadonlyMap<number, WireValue>, number: number): Uint8Array =>
  bytesOf('the envelope', fields.get(number) ?? new Uint8Array());
