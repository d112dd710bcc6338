import { Fault } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../object.ts';
import { listMerge } from './list-keys.ts';
import { orderElements } from './order-elements.ts';

/**
 * Strategic merge patch: as a JSON merge patch, but lists whose elements have a key are merged element by element.
 * Directives: `$patch` (replace, delete, merge), `$retainKeys`, `$setElementOrder/<list>`, `$deleteFromPrimitiveList/<list>`.
 * Follows Kubernetes: contributors/devel/sig-api-machinery/strategic-merge-patch.md. Faults: InvalidParameter.
 */
export function strategicMerge(target: Json | undefined, patch: Json, parent?: string): Json {
  if (!isObject(patch)) return patch;
  const directive = patch['$patch'];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') {
    throw new Fault('InvalidParameter', `unknown patch directive "${String(directive)}"`);
  }
  const merged = new Map<string, Json>(
    Object.entries(retained(isObject(target) ? target : {}, patch)) as [string, Json][],
  );
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$') || value === undefined) continue;
    if (value === null) merged.delete(name);
    else merged.set(name, mergeMember(name, merged.get(name), value, patch, parent));
  }
  for (const [name, removed] of listDirectives(patch, '$deleteFromPrimitiveList/')) {
    const list = merged.get(name);
    if (Array.isArray(list))
      merged.set(
        name,
        (list as readonly Json[]).filter((value) => !removed.includes(value)),
      );
  }
  for (const [name, order] of listDirectives(patch, '$setElementOrder/')) {
    const list = merged.get(name);
    if (!Array.isArray(list)) continue;
    const before = isObject(target) && Array.isArray(target[name]) ? target[name] : [];
    merged.set(name, orderElements(list, order, before as readonly Json[], listMerge(name, parent)));
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

function mergeMember(name: string, before: Json | undefined, value: Json, patch: JsonObject, parent?: string): Json {
  if (!Array.isArray(value)) return strategicMerge(before, value, name);
  const old = Array.isArray(before) ? (before as readonly Json[]) : [];
  const merge = listMerge(name, parent);
  switch (merge.kind) {
    case 'atomic':
      return value;
    case 'set':
      return patch['$patch'] === 'replace' ? value : [...new Set([...old, ...value])];
    case 'by-key':
      return mergeElements(old, value, merge.key, name);
  }
}

/** Elements with a known key are merged where they stand, new ones are added, those marked for deletion go. */
function mergeElements(old: readonly Json[], patches: readonly Json[], key: string, name: string): Json {
  if (patches.some((patch) => isObject(patch) && patch['$patch'] === 'replace' && patch[key] === undefined)) {
    return patches.filter((patch) => !(isObject(patch) && patch['$patch'] !== undefined));
  }
  const elements = [...old];
  for (const patch of patches) {
    const id = isObject(patch) ? patch[key] : undefined;
    if (!isObject(patch) || id === undefined) {
      throw new Fault(
        'InvalidParameter',
        `an element of ${name} in the patch has no ${key}, which tells elements apart`,
      );
    }
    const position = elements.findIndex((element) => isObject(element) && element[key] === id);
    if (patch['$patch'] === 'delete') {
      if (position >= 0) elements.splice(position, 1);
    } else if (position >= 0) elements[position] = strategicMerge(elements[position], patch, name);
    else elements.push(strategicMerge(undefined, patch, name));
  }
  return elements;
}

const withoutDirectives = (patch: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(patch).filter(([name]) => !name.startsWith('$')));
