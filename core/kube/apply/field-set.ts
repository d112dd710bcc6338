import type { Json, JsonObject } from '../../json.ts';
import { isObject, objectAt } from '../object.ts';

/**
 * A set of fields of an object, as a tree of steps: `f:name` into a member, `k:{"name":"a"}` to the element of a list with
 * that key, `v:"x"` to a value of a set (FieldsV1 of meta/v1).
 */
export interface FieldSet {
  /** The field itself is in the set, and not only fields below it. */
  readonly isMember: boolean;
  readonly inner: ReadonlyMap<string, FieldSet>;
}

export const NO_FIELDS: FieldSet = { isMember: false, inner: new Map() };
export const ONE_FIELD: FieldSet = { isMember: true, inner: new Map() };

export const isNoField = ({ isMember, inner }: FieldSet): boolean => !isMember && inner.size === 0;

/** The step that stands for the field itself where it has fields below it, too. */
const SELF = '.';

/** Reads FieldsV1 of an object, which is no field itself; what is no step is passed over. */
export const readFields = (fields: Json | undefined): FieldSet =>
  isObject(fields) ? { ...readSteps(fields), isMember: false } : NO_FIELDS;

function readSteps(fields: JsonObject): FieldSet {
  const steps = Object.entries(fields).filter(([step, below]) => /^[fkvi]:/.test(step) && isObject(below));
  if (steps.length === 0) return ONE_FIELD;
  return {
    isMember: Object.hasOwn(fields, SELF),
    inner: new Map(steps.map(([step, below]) => [step, readSteps(objectAt(below))])),
  };
}

/** Writes FieldsV1. */
export function writeFields({ isMember, inner }: FieldSet): JsonObject {
  const steps = [...inner].sort(([a], [b]) => (a < b ? -1 : 1)).map(([step, below]) => [step, writeFields(below)]);
  return Object.fromEntries(isMember && steps.length > 0 ? [[SELF, {}], ...steps] : steps);
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => combined(a, b, (inA, inB) => inA || inB);
export const minus = (a: FieldSet, b: FieldSet): FieldSet => combined(a, b, (inA, inB) => inA && !inB);
export const common = (a: FieldSet, b: FieldSet): FieldSet => combined(a, b, (inA, inB) => inA && inB);

/** Every field of two sets that is kept for standing in the one, the other or both; branches without fields fall away. */
function combined(a: FieldSet, b: FieldSet, isKept: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const inner = new Map<string, FieldSet>();
  for (const step of new Set([...a.inner.keys(), ...b.inner.keys()])) {
    const below = combined(a.inner.get(step) ?? NO_FIELDS, b.inner.get(step) ?? NO_FIELDS, isKept);
    if (!isNoField(below)) inner.set(step, below);
  }
  return { isMember: isKept(a.isMember, b.isMember), inner };
}

export const isSameSet = (a: FieldSet, b: FieldSet): boolean => isNoField(minus(a, b)) && isNoField(minus(b, a));

/** Paths of all fields, as messages write them: `.spec.containers[name="a"].image`. */
export function* fieldPaths({ isMember, inner }: FieldSet, path = ''): Generator<string> {
  if (isMember) yield path;
  for (const [step, below] of inner) yield* fieldPaths(below, path + writtenStep(step));
}

function writtenStep(step: string): string {
  const text = step.slice(2);
  if (step.startsWith('f:')) return `.${text}`;
  if (!step.startsWith('k:')) return `[=${text}]`;
  return `[${writtenKeys(text)}]`;
}

/** Clients may send sets of fields of their own making: what is no JSON is shown as it is. */
function writtenKeys(text: string): string {
  try {
    const keys = Object.entries(JSON.parse(text) as JsonObject);
    return keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return text;
    throw error;
  }
}
