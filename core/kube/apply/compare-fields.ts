import type { Json, JsonObject } from '../../json.ts';
import { isSameValue } from '../same-value.ts';
import { type FieldSet, isNoField, NO_FIELDS, ONE_FIELD, union } from './field-set.ts';
import { type Part, partsOf, rootSlot, type Slot } from './parts-of.ts';

/** An object as a whole is no field. */
const within = ({ inner }: FieldSet): FieldSet => ({ isMember: false, inner });

/** All fields of an object, or of the part of it that has owners. */
export const objectFields = (type: string, object: JsonObject): FieldSet => within(fieldsOf(rootSlot(type), object));

/** What becomes different from one object to another, field by field. The order of elements with keys is no difference. */
export function objectChanges(type: string, before: JsonObject, after: JsonObject): FieldChanges {
  const { changed, removed } = compareFields(rootSlot(type), before, after);
  return { changed: within(changed), removed: within(removed) };
}

/** All fields of a value. What is empty is a field itself. */
function fieldsOf(slot: Slot, value: Json): FieldSet {
  const parts = partsOf(slot, value);
  if (!parts || parts.size === 0) return ONE_FIELD;
  return { isMember: false, inner: new Map([...parts].map(([step, part]) => [step, fieldsOfPart(part)])) };
}

function fieldsOfPart({ slot, value, isField }: Part): FieldSet {
  const fields = fieldsOf(slot, value);
  return isField ? { ...fields, isMember: true } : fields;
}

export interface FieldChanges {
  /** Fields that are new or have another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

const NOTHING: FieldChanges = { changed: NO_FIELDS, removed: NO_FIELDS };

function compareFields(slot: Slot, before: Json, after: Json): FieldChanges {
  if (isSameValue(before, after)) return NOTHING;
  const was = partsOf(slot, before);
  const is = partsOf(slot, after);
  if (!was || !is) return { changed: union(ONE_FIELD, fieldsOf(slot, after)), removed: lost(slot, before, after) };
  const changed = new Map<string, FieldSet>();
  const removed = new Map<string, FieldSet>();
  for (const step of new Set([...was.keys(), ...is.keys()])) {
    const difference = compareParts(was.get(step), is.get(step));
    if (!isNoField(difference.changed)) changed.set(step, difference.changed);
    if (!isNoField(difference.removed)) removed.set(step, difference.removed);
  }
  return {
    // One that becomes empty becomes a field itself, and the other way round.
    changed: { isMember: is.size === 0 && was.size > 0, inner: changed },
    removed: { isMember: was.size === 0 && is.size > 0, inner: removed },
  };
}

function compareParts(was: Part | undefined, is: Part | undefined): FieldChanges {
  if (was && is) return compareFields(is.slot, was.value, is.value);
  return {
    changed: is ? fieldsOfPart(is) : NO_FIELDS,
    removed: was ? fieldsOfPart(was) : NO_FIELDS,
  };
}

/** Fields within a value that is one field from now on. */
const lost = (slot: Slot, before: Json, after: Json): FieldSet => {
  const inner = partsOf(slot, before);
  return inner && !partsOf(slot, after) ? { ...fieldsOf(slot, before), isMember: false } : NO_FIELDS;
};
