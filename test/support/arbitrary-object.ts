import fc from 'fast-check';
import type { Json, JsonObject } from '#core/json.ts';
import { typeNamed } from '#core/kube/schema/schema.ts';
import type { Field, Scalar, Shape } from '#core/kube/schema/shape.ts';

type Draw = fc.GeneratorValue;

/** Objects of a type of the Kubernetes API that its server would keep as they are: elements of a list have keys of their own. */
export const arbitraryObject = (type: string): fc.Arbitrary<JsonObject> =>
  fc.gen().map((draw) => ({ ...members(draw, type, 6) }));

/** A part of an object's fields, the same rules within. */
function members(draw: Draw, type: string, depth: number): JsonObject {
  const fields = [...typeNamed(type).fields.values()].filter(({ number }) => number > 0);
  const count = draw(fc.nat, { max: Math.min(fields.length, 4) });
  const chosen = draw(fc.shuffledSubarray<Field>, fields, { minLength: count, maxLength: count });
  return Object.fromEntries(chosen.flatMap((field) => member(draw, field, depth)));
}

function member(draw: Draw, field: Field, depth: number): readonly (readonly [string, Json])[] {
  const { name, shape, merge, patch } = field;
  if (depth === 0 && shape.kind !== 'scalar') return [];
  if (shape.kind !== 'list') {
    const value = valueFor(draw, shape, depth - 1);
    return isNothing(value) ? [] : [[name, value]];
  }
  const elements = Array.from({ length: draw(fc.integer, { min: 1, max: 3 }) }, (_, index) => {
    const element = valueFor(draw, shape.element, depth - 1);
    if (shape.element.kind !== 'object') return element;
    const keys = [merge, patch].flatMap((one) => (one.kind === 'by-key' ? one.keys : []));
    return { ...(element as JsonObject), ...keysOf(shape.element.type, keys, index) };
  });
  return [[name, merge.kind === 'set' || patch.kind === 'set' ? [...new Set(elements)] : elements]];
}

/** Keys that no two elements of a list share. */
function keysOf(type: string, keys: readonly string[], index: number): JsonObject {
  return Object.fromEntries(
    keys.map((key) => {
      const shape = typeNamed(type).fields.get(key)?.shape;
      const isNumber = shape?.kind === 'scalar' && shape.type.startsWith('int');
      return [key, isNumber ? index + 1 : `key-${index}`];
    }),
  );
}

function oneOf<T extends Json>(draw: Draw, ...values: readonly T[]): Json {
  return values[draw(fc.nat, { max: values.length - 1 })] ?? null;
}

const isNothing = (value: Json): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0);

function valueFor(draw: Draw, shape: Shape, depth: number): Json {
  switch (shape.kind) {
    case 'object':
      return members(draw, shape.type, depth);
    case 'list':
      return [valueFor(draw, shape.element, depth)];
    case 'map': {
      const keys = draw(fc.uniqueArray<string, string>, fc.constantFrom('a', 'b.c/d', '__proto__', 'ü'), {
        maxLength: 3,
      });
      return Object.fromEntries(keys.map((key) => [key, valueFor(draw, shape.value, depth)]));
    }
    case 'scalar':
      return scalarOf(draw, shape.type);
  }
}

function scalarOf(draw: Draw, type: Scalar): Json {
  switch (type) {
    case 'string':
    case 'duration':
      return oneOf(draw, 'x', 'some text', 'grün', '1.5');
    case 'bytes':
      return oneOf(draw, 'AQ==', 'aGlkZGVu');
    case 'bool':
      return true;
    case 'int32':
    case 'int64':
      return oneOf(draw, 1, -1, 80, 2_147_483_647);
    case 'time':
      return oneOf(draw, '2026-11-21T16:53:09Z', '1999-01-01T00:00:00Z');
    case 'microtime':
      return '2026-11-21T16:53:09.123456Z';
    case 'quantity':
      return oneOf(draw, '500m', '1Gi', '2');
    case 'intstr':
      return oneOf<string | number>(draw, 'http', 8080, '25%');
    case 'raw':
    case 'fields':
      return { 'f:metadata': { 'f:name': {} } };
    case 'strings':
      return ['one', 'two'];
  }
}
