import type { Field, ListMerge, Scalar, Shape, TypeSchema } from './shape.ts';

const ATOMIC: ListMerge = { kind: 'atomic' };

/**
 * Reads one line of core/kube/schema/kinds.json: fields as `name number type flags`, embedded types with `-` for a name.
 * Marks: `@kind`, `@atomic`; flags of a field: `!` required, `?` left out when empty, `map:keys`, `set` and `atomic`
 * (server-side apply), `key:name`, `merge` and `retain` (strategic merge patch), `default:value`.
 */
export function readType(name: string, text: string, typeNamed: (name: string) => TypeSchema): TypeSchema {
  const entries = text.split('; ');
  const isKind = entries.includes('@kind');
  const fields = new Map<string, Field>(isKind ? typeMeta() : []);
  const message = new Map<number, Field | { readonly embedded: string }>();
  for (const entry of entries.filter((one) => one !== '' && !one.startsWith('@'))) {
    const [first = '', number = '', type = '', ...flags] = entry.split(' ');
    if (first === '-') {
      for (const [inner, field] of typeNamed(type).fields) fields.set(inner, field);
      message.set(Number(number), { embedded: type });
    } else {
      const field = readField(first, Number(number), type, flags);
      fields.set(first, field);
      message.set(field.number, field);
    }
  }
  return { name, isKind, isAtomic: entries.includes('@atomic'), fields, message };
}

function readField(name: string, number: number, type: string, flags: readonly string[]): Field {
  const merge = mergeOf(flagOf(flags, 'map'), flags.includes('set'));
  const patch = mergeOf(flagOf(flags, 'key'), flags.includes('merge'));
  const assumed = flagOf(flags, 'default');
  return {
    name,
    number,
    shape: readShape(type),
    isRequired: flags.includes('!'),
    isOmittedWhenEmpty: flags.includes('?'),
    isAtomic: flags.includes('atomic'),
    // A list that only patches know to merge is merged in the same way by server-side apply.
    merge: merge.kind === 'atomic' && !flags.includes('atomic') ? patch : merge,
    patch,
    retainsKeys: flags.includes('retain'),
    ...(assumed === undefined ? {} : { assumed }),
  };
}

/** What every kind says of itself; in protobuf the envelope says it. */
const typeMeta = (): readonly (readonly [string, Field])[] =>
  ['apiVersion', 'kind'].map((name) => [name, readField(name, 0, 'string', ['?'])]);

const flagOf = (flags: readonly string[], name: string): string | undefined =>
  flags.find((flag) => flag.startsWith(`${name}:`))?.slice(name.length + 1);

function mergeOf(keys: string | undefined, isSet: boolean): ListMerge {
  const [first, ...others] = keys?.split(',') ?? [];
  if (first !== undefined) return { kind: 'by-key', keys: [first, ...others] };
  return isSet ? { kind: 'set' } : ATOMIC;
}

function readShape(type: string): Shape {
  if (type.startsWith('[]')) return { kind: 'list', element: readShape(type.slice(2)) };
  if (type.startsWith('{}')) return { kind: 'map', value: readShape(type.slice(2)) };
  // Types of the table have a package before a dot; what has none is a value of its own.
  return type.includes('.') ? { kind: 'object', type } : { kind: 'scalar', type: type as Scalar };
}
