import type { Json, JsonObject } from '#core/json.ts';
import { base64OfBytes } from '#core/kube/base64.ts';
import { timestamp } from '#core/kube/object.ts';
import { type Message, type MessageField, messageNamed } from './message-fields.ts';
import { malformed, WireReader, type WireValue } from './wire-reader.ts';

/** The last second of the year 9999, where Kubernetes' times end. */
const MAX_SECONDS = 253_402_300_799;
const SECONDS = 1;
const KEY = 1;
const VALUE = 2;
/** FieldsV1 wraps the text of a JSON object. */
const RAW = 1;

/**
 * Reads a message as the JSON object it stands for. What the table does not know is passed over, as Kubernetes does. A text,
 * a time or a message without content counts as absent, because clients write those out where JSON leaves them out.
 * Invariant: it goes as deep as the table, however the bytes are nested. Faults: InvalidParameter.
 */
export function readMessage(bytes: Uint8Array, message: Message): JsonObject {
  const members = new Map<string, Json>();
  const lists = new Map<string, Json[]>();
  const maps = new Map<string, Map<string, Json>>();
  for (const [number, value] of fieldsOf(bytes)) {
    const field = message.get(number);
    if (!field) continue;
    const { name, many } = field;
    if (many === 'map') ofName(maps, name, () => new Map<string, Json>()).set(...readEntry(field, value));
    else if (many === 'list') ofName(lists, name, (): Json[] => []).push(readValue(field, value));
    else {
      const read = readValue(field, value);
      if (!isNothing(read)) members.set(name, read);
    }
  }
  for (const [name, list] of lists) members.set(name, list);
  for (const [name, entries] of maps) members.set(name, Object.fromEntries(entries));
  return Object.fromEntries(members);
}

/** Fields of a message as they come. */
export function* fieldsOf(bytes: Uint8Array): Generator<readonly [number: number, value: WireValue]> {
  const reader = new WireReader(bytes);
  while (!reader.isAtEnd) yield reader.next();
}

function ofName<T>(all: Map<string, T>, name: string, empty: () => T): T {
  const found = all.get(name) ?? empty();
  all.set(name, found);
  return found;
}

const isNothing = (value: Json): boolean =>
  value === '' || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

function readValue(field: MessageField, value: WireValue): Json {
  switch (field.type) {
    case 'int':
      return readInteger(field, value);
    case 'bool':
      return numberOf(field, value) !== 0n;
    case 'string':
      return readText(field, bytesOf(field, value));
    case 'bytes':
      return base64OfBytes(bytesOf(field, value));
    case 'time':
      return readTime(field, bytesOf(field, value));
    case 'json':
      return readRaw(field, bytesOf(field, value));
    default:
      return readMessage(bytesOf(field, value), messageNamed(field.type) ?? new Map());
  }
}

function numberOf({ name }: MessageField, value: WireValue): bigint {
  if (typeof value !== 'bigint') throw malformed(`${name} is no number`);
  return value;
}

export function bytesOf({ name }: Pick<MessageField, 'name'>, value: WireValue): Uint8Array {
  if (typeof value === 'bigint') throw malformed(`${name} is a number`);
  return value;
}

function readInteger(field: MessageField, value: WireValue): number {
  const read = Number(BigInt.asIntN(64, numberOf(field, value)));
  if (!Number.isSafeInteger(read)) throw malformed(`${field.name} is too large a number`);
  return read;
}

export function readText({ name }: Pick<MessageField, 'name'>, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed(`${name} is no UTF-8`, cause);
  }
}

/** An entry of a map; a key or value without content is left out by its writer. */
function readEntry(field: MessageField, value: WireValue): [string, Json] {
  let key = '';
  let read: Json = '';
  for (const [number, part] of fieldsOf(bytesOf(field, value))) {
    if (number === KEY) key = readText(field, bytesOf(field, part));
    if (number === VALUE) read = readValue(field, part);
  }
  return [key, read];
}

function readTime(field: MessageField, bytes: Uint8Array): Json {
  for (const [number, value] of fieldsOf(bytes)) {
    if (number !== SECONDS) continue;
    const seconds = readInteger(field, value);
    if (Math.abs(seconds) > MAX_SECONDS) throw malformed(`${field.name} is no time`);
    return timestamp(seconds * 1000);
  }
  return null;
}

function readRaw(field: MessageField, bytes: Uint8Array): Json {
  for (const [number, value] of fieldsOf(bytes)) {
    if (number !== RAW) continue;
    try {
      return JSON.parse(readText(field, bytesOf(field, value))) as Json;
    } catch (cause) {
      throw malformed(`${field.name} is no JSON`, cause);
    }
  }
  return null;
}
