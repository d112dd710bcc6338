import type { Json, JsonObject } from '#core/json.ts';
import { typeNamed } from '#core/kube/schema/schema.ts';
import type { Field, Shape, TypeSchema } from '#core/kube/schema/shape.ts';
import { bytesOf, fieldsOf, readInteger, readScalar, readText } from './read-scalar.ts';
import { WireReader, type WireValue } from './wire-reader.ts';

const KEY = 1;
const VALUE = 2;

/**
 * Reads a message as the JSON object it stands for. What the schema does not know is passed over, as Kubernetes does. Empty
 * values that JSON leaves out are left out, because clients write those out in protobuf.
 * Invariant: it goes as deep as the schema, however the bytes are nested, for no type of the
 * table holds itself. Faults: InvalidParameter.
 */
export function readMessage(bytes: Uint8Array, type: TypeSchema): JsonObject {
  const members = new Map<string, Json>();
  const lists = new Map<string, Json[]>();
  const maps = new Map<string, Map<string, Json>>();
  for (const [number, value] of fieldsOf(bytes)) {
    const field = type.message.get(number);
    if (!field) continue;
    if ('embedded' in field) {
      const inner = readMessage(bytesOf(field.embedded, value), typeNamed(field.embedded));
      for (const [name, member] of Object.entries(inner)) members.set(name, member ?? null);
      continue;
    }
    const { name, shape } = field;
    if (shape.kind === 'map')
      ofName(maps, name, () => new Map<string, Json>()).set(...readEntry(name, shape.value, value));
    else if (shape.kind === 'list')
      ofName(lists, name, (): Json[] => []).push(...readElements(name, shape.element, value));
    else {
      const read = readValue(name, shape, value);
      if (!isNothing(field, read)) members.set(name, read);
    }
  }
  for (const [name, list] of lists) members.set(name, list);
  for (const [name, entries] of maps) members.set(name, Object.fromEntries(entries));
  return Object.fromEntries(members);
}

function ofName<T>(all: Map<string, T>, name: string, empty: () => T): T {
  const found = all.get(name) ?? empty();
  all.set(name, found);
  return found;
}

/** Clients write texts, numbers and messages out that JSON leaves out; a time that is none is null. */
function isNothing({ isOmittedWhenEmpty }: Field, value: Json): boolean {
  if (value === null) return true;
  if (!isOmittedWhenEmpty) return false;
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}

function readValue(name: string, shape: Shape, value: WireValue): Json {
  if (shape.kind === 'object') return readMessage(bytesOf(name, value), typeNamed(shape.type));
  if (shape.kind === 'scalar') return readScalar(name, shape.type, value);
  // Neither a list of lists nor a map of maps can be written in protobuf.
  throw new TypeError(`${name} is a ${shape.kind} within another`);
}

/** An element; numbers may come many in one field. */
function readElements(name: string, shape: Shape, value: WireValue): readonly Json[] {
  const isNumber = shape.kind === 'scalar' && (shape.type === 'int32' || shape.type === 'int64');
  if (!isNumber || typeof value === 'bigint') return [readValue(name, shape, value)];
  return [...numbersOf(value)].map((number) => readInteger(name, number));
}

function* numbersOf(bytes: Uint8Array): Generator<bigint> {
  const reader = new WireReader(bytes);
  while (!reader.isAtEnd) yield reader.number();
}

/** An entry of a map; a key or value without content is left out by its writer. */
function readEntry(name: string, shape: Shape, entry: WireValue): [string, Json] {
  let key = '';
  let read: Json = shape.kind === 'object' ? {} : '';
  for (const [number, part] of fieldsOf(bytesOf(name, entry))) {
    if (number === KEY) key = readText(name, bytesOf(name, part));
    if (number === VALUE) read = readValue(name, shape, part);
  }
  return [key, read];
}
