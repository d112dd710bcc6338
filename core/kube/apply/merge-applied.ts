import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../object.ts';
import { type FieldSet, isNoField, NO_FIELDS } from './field-set.ts';
import { partsOf, type Slot, stepOf } from './parts-of.ts';

/** What stands with what is applied laid over it: applied fields win, all others stay. */
export function mergeApplied(slot: Slot, live: Json | undefined, applied: Json): Json {
  if (live === undefined) return applied;
  const wanted = partsOf(slot, applied);
  const standing = partsOf(slot, live);
  if (!wanted || !standing) return applied;
  const merged = new Map([...standing].map(([step, { value }]) => [step, value]));
  for (const [step, part] of wanted) merged.set(step, mergeApplied(part.slot, merged.get(step), part.value));
  if (!Array.isArray(live) || !Array.isArray(applied)) return memberValues(live as JsonObject, merged);
  return inOrder(slot, [...merged.values()], applied, live);
}

/** Members that are no fields of the type stay, too. */
const memberValues = (live: JsonObject, merged: ReadonlyMap<string, Json>): JsonObject => ({
  ...live,
  ...Object.fromEntries([...merged].map(([step, value]) => [step.slice(2), value])),
});

/** The order of what is applied; what others have keeps its place behind what it stood behind, and before what is new. */
function inOrder(
  slot: Slot,
  merged: readonly Json[],
  applied: readonly Json[],
  live: readonly Json[],
): readonly Json[] {
  const stepIn = (element: Json): string =>
    (slot.shape.kind === 'list' ? stepOf(slot.shape.element, slot.merge, element) : undefined) ?? '';
  const elements = new Map(merged.map((element) => [stepIn(element), element]));
  const wanted = new Set(applied.map(stepIn));
  const standing = live.map(stepIn);
  const ordered = new Set<string>();
  let next = 0;
  const passOthers = (): void => {
    for (; next < standing.length; next += 1) {
      const step = standing[next] ?? '';
      if (wanted.has(step) && !ordered.has(step)) return;
      ordered.add(step);
    }
  };
  for (const step of wanted) {
    passOthers();
    ordered.add(step);
  }
  passOthers();
  return [...ordered].flatMap((step) => elements.get(step) ?? []);
}

/**
 * Takes away what a manager applied before (`last`) and nobody owns now. What lies below a field that goes, goes with it,
 * unless somebody owns something there.
 */
export function withoutDropped(slot: Slot, value: Json, last: FieldSet, owned: FieldSet): Json {
  const parts = partsOf(slot, value);
  if (!parts) return value;
  const kept = new Map<string, Json>();
  for (const [step, part] of parts) {
    const applied = last.inner.get(step);
    const standing = owned.inner.get(step) ?? NO_FIELDS;
    if (!applied) kept.set(step, part.value);
    else if (!isNoField(standing)) kept.set(step, withoutDropped(part.slot, part.value, applied, standing));
  }
  if (Array.isArray(value)) return [...kept.values()];
  return isObject(value) ? remaining(value, parts.keys(), kept) : value;
}

function remaining(value: JsonObject, steps: Iterable<string>, kept: ReadonlyMap<string, Json>): JsonObject {
  const members = new Map(Object.entries(value) as [string, Json][]);
  for (const step of steps) {
    const left = kept.get(step);
    if (left === undefined) members.delete(step.slice(2));
    else members.set(step.slice(2), left);
  }
  return Object.fromEntries(members);
}
