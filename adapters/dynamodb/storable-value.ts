import type { Json, JsonObject } from '#core/json.ts';

/**
 * DynamoDB refuses empty names; the SDK copies members by assignment, which for `__proto__` sets a prototype, and asks an
 * object's `constructor` whether it is plain. So these names travel with a mark behind them, as does any name that would
 * be taken for a marked one.
 */
const MARK = '~';
const TO_MARK = /^(?:__proto__|constructor)?~*$/;
const MARKED = /^(?:__proto__|constructor)?~+$/;

/** A value as the SDK can carry it: names marked where need be, and what JSON has no number for is null, as in JSON. */
export const storableValue = (value: JsonObject): JsonObject =>
  withNames(value, (name) => (TO_MARK.test(name) ? name + MARK : name));

/** The inverse of storableValue, but for numbers that are none. */
export const originalValue = (stored: JsonObject): JsonObject =>
  withNames(stored, (name) => (MARKED.test(name) ? name.slice(0, -MARK.length) : name));

function withNames(value: JsonObject, rename: (name: string) => string): JsonObject {
  const copy: Record<string, Json | undefined> = {};
  for (const [name, member] of Object.entries(value)) {
    const renamed = rename(name);
    const copied = member === undefined ? undefined : copyOf(member, rename);
    if (renamed === '__proto__') Object.defineProperty(copy, renamed, { ...OWN, value: copied });
    else copy[renamed] = copied;
  }
  return copy;
}

const OWN = { configurable: true, enumerable: true, writable: true } as const;

function copyOf(value: Json, rename: (name: string) => string): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.map((member) => copyOf(member, rename)) : withNames(value, rename);
}

const isList = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);
