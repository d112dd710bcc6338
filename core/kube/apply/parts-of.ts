import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../object.ts';
import { typeNamed } from '../schema/schema.ts';
import type { Field, ListMerge, Shape } from '../schema/shape.ts';

/** How a value is divided among owners: its shape, and whether it is one field whatever is in it. */
export interface Slot {
  readonly shape: Shape;
  readonly isAtomic: boolean;
  readonly merge: ListMerge;
}

/** One step into a value. */
export interface Part {
  readonly value: Json;
  readonly slot: Slot;
  /** Keys of a map and elements of a list are fields of their own; members of a type are so by what is in them. */
  readonly isField: boolean;
}

const ATOMIC: ListMerge = { kind: 'atomic' };

const slotOf = ({ shape, isAtomic, merge }: Field): Slot => ({ shape, isAtomic, merge });
const plainSlot = (shape: Shape): Slot => ({ shape, isAtomic: false, merge: ATOMIC });

/** The whole object of a type. */
export const rootSlot = (type: string): Slot => plainSlot({ kind: 'object', type });

/**
 * The fields a value is made of, by their steps; undefined when it is one field: a plain or an atomic value, or a list whose
 * elements cannot be told apart.
 */
export function partsOf(slot: Slot, value: Json): ReadonlyMap<string, Part> | undefined {
  const { shape, isAtomic } = slot;
  if (isAtomic) return undefined;
  switch (shape.kind) {
    case 'object':
      return isObject(value) && !typeNamed(shape.type).isAtomic ? membersOf(shape.type, value) : undefined;
    case 'map':
      return isObject(value) ? entriesOf(shape.value, value) : undefined;
    case 'list':
      return Array.isArray(value) ? elementsOf(shape.element, slot.merge, value) : undefined;
    case 'scalar':
      return undefined;
  }
}

function membersOf(type: string, value: JsonObject): ReadonlyMap<string, Part> {
  const { fields } = typeNamed(type);
  const parts = new Map<string, Part>();
  for (const [name, member] of Object.entries(value)) {
    const field = fields.get(name);
    if (field && member !== undefined) parts.set(`f:${name}`, { value: member, slot: slotOf(field), isField: false });
  }
  return parts;
}

function entriesOf(shape: Shape, value: JsonObject): ReadonlyMap<string, Part> {
  const slot = plainSlot(shape);
  const entries = Object.entries(value).map(
    ([key, inner = null]) => [`f:${key}`, { value: inner, slot, isField: true }] as const,
  );
  return new Map(entries);
}

function elementsOf(shape: Shape, merge: ListMerge, list: readonly Json[]): ReadonlyMap<string, Part> | undefined {
  if (merge.kind === 'atomic') return undefined;
  const slot = plainSlot(shape);
  const steps = list.map((element) => stepOf(shape, merge, element));
  if (steps.includes(undefined) || new Set(steps).size < steps.length) return undefined;
  return new Map(list.map((element, index) => [steps[index] ?? '', { value: element, slot, isField: true }]));
}

/** What tells an element from others: its keys, those it leaves out as the API takes them; undefined when it has none. */
export function stepOf(shape: Shape, merge: ListMerge, element: Json): string | undefined {
  switch (merge.kind) {
    case 'atomic':
      return undefined;
    case 'set':
      return `v:${JSON.stringify(element)}`;
    case 'by-key': {
      if (!isObject(element) || shape.kind !== 'object') return undefined;
      const { fields } = typeNamed(shape.type);
      const keys = [...merge.keys].sort().flatMap((key): [string, Json][] => {
        const value = element[key] ?? fields.get(key)?.assumed;
        return value === undefined ? [] : [[key, value]];
      });
      const isTold = merge.keys.some((key) => element[key] !== undefined);
      return isTold ? `k:${JSON.stringify(Object.fromEntries(keys))}` : undefined;
    }
  }
}
