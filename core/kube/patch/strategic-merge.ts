import { Fault } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../object.ts';
import { typeNamed } from '../schema/schema.ts';
import type { Field, ListMerge, Shape, TypeSchema } from '../schema/shape.ts';
import { orderElements } from './order-elements.ts';

/**
 * Strategic merge patch: as a JSON merge patch, but lists whose elements have a key are merged element by element; which they
 * are, the schema says. Directives: `$patch` (replace, delete, merge), `$retainKeys`, `$setElementOrder/<list>`,
 * `$deleteFromPrimitiveList/<list>`.
 * Follows Kubernetes: contributors/devel/sig-api-machinery/strategic-merge-patch.md. Faults: InvalidParameter.
 */
export const strategicMerge = (target: Json | undefined, patch: Json, type: TypeSchema): Json =>
  mergeValue(target, patch, { kind: 'object', type: type.name });

/** What the patch says of a value whose shape is unknown is done as a JSON merge patch does it. */
function mergeValue(target: Json | undefined, patch: Json, shape: Shape | undefined): Json {
  if (!isObject(patch)) return patch;
  switch (patch['$patch']) {
    case 'replace':
      return withoutDirectives(patch);
    case 'delete':
      return {};
    case undefined:
    case 'merge':
      return mergeMembers(isObject(target) ? target : {}, patch, shape);
    default:
      throw new Fault('InvalidParameter', `unknown patch directive "${String(patch['$patch'])}"`);
  }
}

function mergeMembers(target: JsonObject, patch: JsonObject, shape: Shape | undefined): Json {
  const merged = new Map<string, Json>(Object.entries(retained(target, patch)) as [string, Json][]);
  for (const [name, value] of Object.entries(patch)) {
    if (isDirective(name) || value === undefined) continue;
    if (value === null) merged.delete(name);
    else merged.set(name, mergeMember(name, merged.get(name), value, shape));
  }
  for (const [name, removed] of listDirectives(patch, '$deleteFromPrimitiveList/')) {
    const list = merged.get(name);
    if (!Array.isArray(list)) continue;
    const gone = new Set(removed);
    const left = (list as readonly Json[]).filter((value) => !gone.has(value));
    merged.set(name, left);
  }
  for (const [name, order] of listDirectives(patch, '$setElementOrder/')) {
    const list = merged.get(name);
    if (!Array.isArray(list)) continue;
    const before = target[name];
    const stood = Array.isArray(before) ? (before as readonly Json[]) : [];
    merged.set(name, orderElements(list, order, stood, idIn(listMerge(shape, name))));
  }
  return Object.fromEntries(merged);
}

/** `$retainKeys` names the members that may stay: how a union, such as a volume's source, changes its kind. */
function retained(target: JsonObject, patch: JsonObject): JsonObject {
  const kept = patch['$retainKeys'];
  if (!Array.isArray(kept)) return target;
  return Object.fromEntries(Object.entries(target).filter(([name]) => kept.includes(name)));
}

function* listDirectives(patch: JsonObject, prefix: string): Generator<readonly [string, readonly Json[]]> {
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(prefix) && Array.isArray(value)) yield [name.slice(prefix.length), value];
  }
}

const isDirective = (name: string): boolean => name.startsWith('$');

const fieldOf = (shape: Shape | undefined, name: string): Field | undefined =>
  shape?.kind === 'object' ? typeNamed(shape.type).fields.get(name) : undefined;

const ATOMIC: ListMerge = { kind: 'atomic' };
const listMerge = (shape: Shape | undefined, name: string): ListMerge => fieldOf(shape, name)?.patch ?? ATOMIC;

/** What tells the elements of a list apart. */
const idIn =
  (merge: ListMerge) =>
  (element: Json): Json | undefined =>
    merge.kind === 'by-key' ? (isObject(element) ? element[merge.keys[0]] : undefined) : element;

function mergeMember(name: string, before: Json | undefined, value: Json, within: Shape | undefined): Json {
  const inner = within?.kind === 'map' ? within.value : fieldOf(within, name)?.shape;
  if (!Array.isArray(value)) return mergeValue(before, value, inner);
  const old = Array.isArray(before) ? (before as readonly Json[]) : [];
  const merge = listMerge(within, name);
  switch (merge.kind) {
    case 'atomic':
      return value;
    case 'set':
      return [...new Set([...old, ...value])];
    case 'by-key':
      return mergeElements(old, value, {
        key: merge.keys[0],
        name,
        element: inner?.kind === 'list' ? inner.element : undefined,
      });
  }
}

interface KeyedList {
  readonly key: string;
  readonly name: string;
  readonly element: Shape | undefined;
}

/** Elements with a known key are merged where they stand, new ones are added, those marked for deletion go. */
function mergeElements(old: readonly Json[], patches: readonly Json[], { key, name, element }: KeyedList): Json {
  if (patches.some((patch) => isObject(patch) && patch['$patch'] === 'replace' && patch[key] === undefined)) {
    return patches.filter((patch) => !(isObject(patch) && patch['$patch'] !== undefined));
  }
  const elements: (Json | undefined)[] = [...old];
  const places = placesOf(old, key);
  for (const patch of patches) {
    const id = isObject(patch) ? patch[key] : undefined;
    if (!isObject(patch) || id === undefined) {
      throw new Fault(
        'InvalidParameter',
        `an element of ${name} in the patch has no ${key}, which tells elements apart`,
      );
    }
    const [place = elements.length] = places.get(id) ?? [];
    if (patch['$patch'] === 'delete') {
      for (const meant of places.get(id) ?? []) elements[meant] = undefined;
      places.delete(id);
    } else {
      elements[place] = mergeValue(elements[place], patch, element);
      places.set(id, places.get(id) ?? [place]);
    }
  }
  return elements.filter((one) => one !== undefined);
}

/** Where elements stand, by their key; lists are long enough to be searched once only. */
function placesOf(elements: readonly Json[], key: string): Map<Json, number[]> {
  const places = new Map<Json, number[]>();
  for (const [index, element] of elements.entries()) {
    const id = isObject(element) ? element[key] : undefined;
    if (id === undefined) continue;
    const known = places.get(id);
    if (known) known.push(index);
    else places.set(id, [index]);
  }
  return places;
}

const withoutDirectives = (patch: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(patch).filter(([name]) => !isDirective(name)));
