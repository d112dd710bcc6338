/**
 * The request and answer shapes of client-ecs, in a form made for walking.
 * The client's own schemas are the source, so Berth speaks the model version of the SDK it is built with.
 */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'document' }
  | { readonly kind: 'list'; readonly item: () => Shape }
  | { readonly kind: 'map'; readonly value: () => Shape }
  | Structure;

export interface Structure {
  readonly kind: 'structure';
  readonly name: string;
  readonly members: ReadonlyMap<string, () => Shape>;
  readonly required: ReadonlySet<string>;
}

/** A schema as the SDK writes it: a number for a simple shape, a tuple for the others, a function to break cycles. */
export type SdkSchema = number | string | readonly unknown[] | (() => SdkSchema);

// Type numbers of the SDK's static schemas; a list or a map of simple shapes adds its own bit to the shape's number.
/** A simple shape with traits of its own, such as text that must not be logged. */
const SIMPLE_SHAPE = 0;
const STRUCTURE = 3;
/** A structure of which one member is given; it is laid out like any other. */
const UNION = 4;
const LIST = 1;
const MAP = 2;
const LIST_BIT = 64;
const MAP_BIT = 128;
const SIMPLE: ReadonlyMap<number, Shape> = new Map([
  [0, { kind: 'string' }],
  [1, { kind: 'number' }],
  [2, { kind: 'boolean' }],
  [4, { kind: 'timestamp' }],
  [15, { kind: 'document' }],
]);

const compiled = new WeakMap<object, Shape>();

/** Reads one SDK schema; members are read when they are first needed. */
export function shapeOf(schema: SdkSchema): Shape {
  if (typeof schema === 'function') return shapeOf(schema());
  if (typeof schema === 'number') return simpleShape(schema);
  if (typeof schema === 'string') throw new TypeError(`unexpected schema ${schema}`);
  const known = compiled.get(schema);
  if (known) return known;
  const shape = compile(schema);
  compiled.set(schema, shape);
  return shape;
}

function simpleShape(schema: number): Shape {
  if (schema >= MAP_BIT) return { kind: 'map', value: () => simpleShape(schema - MAP_BIT) };
  if (schema >= LIST_BIT) return { kind: 'list', item: () => simpleShape(schema - LIST_BIT) };
  const shape = SIMPLE.get(schema);
  if (!shape) throw new TypeError(`unexpected schema number ${schema}`);
  return shape;
}

function compile(schema: readonly unknown[]): Shape {
  const [type, namespace, name, , names, schemas, required] = schema;
  // A member with traits of its own is a pair of the schema proper and the traits.
  if (typeof namespace !== 'string') return shapeOf(type as SdkSchema);
  switch (type) {
    case SIMPLE_SHAPE:
      return shapeOf(names as SdkSchema);
    case STRUCTURE:
    case UNION:
      return structure(
        String(name),
        names as readonly string[],
        schemas as readonly SdkSchema[],
        Number(required ?? 0),
      );
    case LIST:
      return { kind: 'list', item: () => shapeOf(names as SdkSchema) };
    case MAP:
      return { kind: 'map', value: () => shapeOf(schemas as SdkSchema) };
    default:
      throw new TypeError(`unexpected schema type ${String(type)} of ${String(name)}`);
  }
}

/** The first `required` members are the required ones. */
const structure = (
  name: string,
  names: readonly string[],
  schemas: readonly SdkSchema[],
  required: number,
): Structure => ({
  kind: 'structure',
  name,
  members: new Map(names.map((member, position) => [member, () => shapeOf(schemas[position] ?? 0)])),
  required: new Set(names.slice(0, required)),
});
