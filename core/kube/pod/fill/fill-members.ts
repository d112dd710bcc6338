import type { Json, JsonObject } from '../../../json.ts';
import { isObject } from '../../object.ts';

/** The list of that name with each object in it filled; whatever else is in it is left for the check to complain about. */
export function filledList(parent: JsonObject, name: string, fill: (element: JsonObject) => JsonObject): JsonObject {
  const list = parent[name];
  if (!Array.isArray(list)) return {};
  return { [name]: (list as readonly Json[]).map((element) => (isObject(element) ? fill(element) : element)) };
}

export function filledMember(parent: JsonObject, name: string, fill: (member: JsonObject) => JsonObject): JsonObject {
  const member = parent[name];
  return isObject(member) ? { [name]: fill(member) } : {};
}

/** A member that is null counts as left out. */
export const withoutNulls = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
