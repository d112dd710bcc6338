import type { Json } from '../../json.ts';
import { isObject } from '../object.ts';

/** JSON merge patch (RFC 7386): null removes a member, an object goes deeper, anything else takes the place of what was. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map<string, Json>(Object.entries(isObject(target) ? target : {}) as [string, Json][]);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
