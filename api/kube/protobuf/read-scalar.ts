import type { Json } from '#core/json.ts';
import { base64OfBytes } from '#core/kube/base64.ts';
import { timestamp } from '#core/kube/object.ts';
import type { Scalar } from '#core/kube/schema/shape.ts';
import { malformed, WireReader, type WireValue } from './wire-reader.ts';

/** The last second of the year 9999, where Kubernetes' times end. */
const MAX_SECONDS = 253_402_300_799;
/** Fields of meta/v1 Time and MicroTime. */
const TIME = { seconds: 1, nanos: 2 };
/** Fields of intstr.IntOrString; type 0 is a number. */
const INT_OR_STRING = { type: 1, number: 2, text: 3 };
/** Messages around one value have it in this field: Quantity, Duration, RawExtension, FieldsV1, lists with a name of their own. */
const HELD = 1;

/** Fields of a message as they come. */
export function* fieldsOf(bytes: Uint8Array): Generator<readonly [number: number, value: WireValue]> {
  const reader = new WireReader(bytes);
  while (!reader.isAtEnd) yield reader.next();
}

/** A value without members as JSON has it; null for one that says nothing. Faults: InvalidParameter. */
export function readScalar(name: string, type: Scalar, value: WireValue): Json {
  switch (type) {
    case 'int32':
    case 'int64':
      return readInteger(name, value);
    case 'bool':
      return numberOf(name, value) !== 0n;
    case 'string':
      return readText(name, bytesOf(name, value));
    case 'bytes':
      return base64OfBytes(bytesOf(name, value));
    case 'time':
    case 'microtime':
      return readTime(name, type, bytesOf(name, value));
    case 'intstr':
      return readIntOrString(name, bytesOf(name, value));
    case 'quantity':
      return readText(name, heldBytes(name, value));
    case 'duration':
      return `${Number(BigInt.asIntN(64, numberOf(name, held(name, value)[0] ?? 0n))) / 1e9}s`;
    case 'raw':
    case 'fields':
      return readRaw(name, heldBytes(name, value));
    case 'strings':
      return held(name, value).map((text) => readText(name, bytesOf(name, text)));
  }
}

function numberOf(name: string, value: WireValue): bigint {
  if (typeof value !== 'bigint') throw malformed(`${name} is no number`);
  return value;
}

export function bytesOf(name: string, value: WireValue): Uint8Array {
  if (typeof value === 'bigint') throw malformed(`${name} is a number`);
  return value;
}

export function readInteger(name: string, value: WireValue): number {
  const read = Number(BigInt.asIntN(64, numberOf(name, value)));
  if (!Number.isSafeInteger(read)) throw malformed(`${name} is too large a number`);
  return read;
}

export function readText(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed(`${name} is no UTF-8`, cause);
  }
}

/** What a message around a value, or around many, holds. */
const held = (name: string, value: WireValue): readonly WireValue[] =>
  [...fieldsOf(bytesOf(name, value))].filter(([number]) => number === HELD).map(([, inner]) => inner);

const heldBytes = (name: string, value: WireValue): Uint8Array =>
  bytesOf(name, held(name, value).at(-1) ?? new Uint8Array());

function readTime(name: string, type: 'time' | 'microtime', bytes: Uint8Array): Json {
  const fields = new Map(fieldsOf(bytes));
  const told = fields.get(TIME.seconds);
  if (told === undefined) return null;
  const seconds = readInteger(name, told);
  if (Math.abs(seconds) > MAX_SECONDS) throw malformed(`${name} is no time`);
  const text = timestamp(seconds * 1000);
  if (type === 'time') return text;
  const micros = Math.floor(readInteger(name, fields.get(TIME.nanos) ?? 0n) / 1000);
  if (micros < 0 || micros > 999_999) throw malformed(`${name} is no time`);
  return text.replace('Z', `.${String(micros).padStart(6, '0')}Z`);
}

function readIntOrString(name: string, bytes: Uint8Array): Json {
  const fields = new Map(fieldsOf(bytes));
  if (numberOf(name, fields.get(INT_OR_STRING.type) ?? 0n) === 0n) {
    return readInteger(name, fields.get(INT_OR_STRING.number) ?? 0n);
  }
  return readText(name, bytesOf(name, fields.get(INT_OR_STRING.text) ?? new Uint8Array()));
}

function readRaw(name: string, bytes: Uint8Array): Json {
  if (bytes.length === 0) return null;
  try {
    return JSON.parse(readText(name, bytes)) as Json;
  } catch (cause) {
    throw malformed(`${name} is no JSON`, cause);
  }
}
