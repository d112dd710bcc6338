import { Fault } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../object.ts';
import { decodeScalar } from './decode-scalar.ts';
import { goType } from './go-type.ts';
import { typeNamed } from './schema.ts';
import type { Field, Shape, TypeSchema } from './shape.ts';

export interface Decoded {
  readonly object: JsonObject;
  /** Paths of members that their types do not have, such as `spec.containers[0].imagee`; as many as anybody reads. */
  readonly unknown: readonly string[];
}

/** Strict errors name so many fields and no more. */
const MAX_UNKNOWN = 100;

/**
 * Reads an object by its schema as the Kubernetes API server does: what the type does not have is left out and told, an
 * empty value that says the same as none is none, and so is null. Faults: InvalidParameter for a value of another type.
 */
export function decodeObject(type: TypeSchema, value: JsonObject): Decoded {
  const unknown: string[] = [];
  return { object: new Decoder(unknown).members(type, value, { path: '', plainPath: '', within: type }), unknown };
}

interface Place {
  /** With the positions of elements. */
  readonly path: string;
  /** Without them, as messages about types have it. */
  readonly plainPath: string;
  /** The type whose field it is. */
  readonly within: TypeSchema;
}

class Decoder {
  readonly #unknown: string[];

  constructor(unknown: string[]) {
    this.#unknown = unknown;
  }

  members(type: TypeSchema, value: JsonObject, place: Place): JsonObject {
    const members: [string, Json][] = [];
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const at = { path: joined(place.path, name), plainPath: joined(place.plainPath, name), within: type };
      const field = type.fields.get(name);
      if (!field) {
        if (this.#unknown.length < MAX_UNKNOWN) this.#unknown.push(at.path);
      } else if (member !== null) {
        const decoded = this.value(field.shape, member, at);
        if (!isLeftOut(field, decoded)) members.push([name, decoded]);
      }
    }
    return Object.fromEntries(members);
  }

  value(shape: Shape, value: Json, place: Place): Json {
    switch (shape.kind) {
      case 'object':
        if (!isObject(value)) throw wrongType(shape, value, place);
        return this.members(typeNamed(shape.type), value, place);
      case 'list':
        if (!Array.isArray(value)) throw wrongType(shape, value, place);
        return (value as readonly Json[]).map((element, index) =>
          this.inner(shape.element, element, { ...place, path: `${place.path}[${index}]` }),
        );
      case 'map':
        if (!isObject(value)) throw wrongType(shape, value, place);
        return Object.fromEntries(
          Object.entries(value).map(([key, inner = null]) => [
            key,
            this.inner(shape.value, inner, { ...place, path: joined(place.path, key) }),
          ]),
        );
      case 'scalar': {
        const reading = decodeScalar(shape.type, value);
        if (reading.kind === 'value') return reading.value;
        throw reading.kind === 'wrong' ? new Fault('InvalidParameter', reading.why) : wrongType(shape, value, place);
      }
    }
  }

  /** What a list or a map holds. A null among them is the empty value. */
  inner(shape: Shape, value: Json, place: Place): Json {
    // A time that is none is written as null.
    if (value === null && shape.kind === 'scalar' && shape.type === 'time') return null;
    return this.value(shape, value ?? emptyOf(shape), place);
  }
}

const joined = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function isLeftOut({ isOmittedWhenEmpty, shape }: Field, value: Json): boolean {
  if (!isOmittedWhenEmpty || shape.kind === 'object') return false;
  if (shape.kind === 'scalar') return value === '' || value === false || (value === 0 && shape.type !== 'intstr');
  return Object.keys(value as object).length === 0;
}

function emptyOf(shape: Shape): Json {
  if (shape.kind === 'list') return [];
  if (shape.kind !== 'scalar') return {};
  if (shape.type === 'bool') return false;
  return shape.type === 'int32' || shape.type === 'int64' ? 0 : '';
}

/** `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. */
function wrongType(shape: Shape, value: Json, { plainPath, within }: Place): Fault {
  const struct = within.name.slice(within.name.lastIndexOf('.') + 1);
  const text = `json: cannot unmarshal ${jsonType(value, shape)} into Go struct field ${struct}.${plainPath} of type ${goType(shape)}`;
  return new Fault('InvalidParameter', text);
}

function jsonType(value: Json, wanted: Shape): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  // A number that does not fit is shown; where none belongs, its value says nothing.
  const isForNumber = wanted.kind === 'scalar' && wanted.type.startsWith('int');
  if (typeof value === 'number' && isForNumber) return `number ${value}`;
  return typeof value;
}
