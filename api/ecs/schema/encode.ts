import { assertNever } from '#core/assert-never.ts';
import type { Shape } from './shape.ts';

/** Writes a value as its shape: times become epoch seconds, members the model does not have are left out. */
export function encode(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure':
      return encodeStructure(shape.members, value as Readonly<Record<string, unknown>>);
    case 'list':
      return (value as readonly unknown[]).map((item) => encode(shape.item(), item));
    case 'map':
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [key, encode(shape.value(), item)]),
      );
    case 'timestamp':
      return (value as Date).getTime() / 1000;
    case 'string':
    case 'number':
    case 'boolean':
    case 'document':
      return value;
    default:
      return assertNever(shape);
  }
}

function encodeStructure(members: ReadonlyMap<string, () => Shape>, value: Readonly<Record<string, unknown>>): object {
  const encoded: [string, unknown][] = [];
  for (const [name, shape] of members) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member !== undefined && member !== null) encoded.push([name, encode(shape(), member)]);
  }
  return Object.fromEntries(encoded);
}
