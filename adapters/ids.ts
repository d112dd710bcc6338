import { hash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Ids } from '#control/ports.ts';

const sha256 = (text: string): string => hash('sha256', text);

/** JSON text of the parts is injective: it keeps 1 apart from "1", and ["a","b"] apart from ["ab"]. */
export const deriveId = (...parts: readonly (string | number)[]): string => sha256(JSON.stringify(parts)).slice(0, 32);

const byName = ([left]: [string, unknown], [right]: [string, unknown]): number => (left < right ? -1 : 1);

const withSortedNames = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(byName))
    : value;

/** Equal for values that are equal as JSON: the order of names and undefined members make no difference. */
export const fingerprint = (value: unknown): string => sha256(JSON.stringify(value, withSortedNames) ?? 'undefined');

const RANDOM_BYTES = 6;

/** Ids from the operating system's random source. */
export const systemIds: Ids = {
  uuid: () => randomUUID(),
  hex: (length) =>
    randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length),
  digits: (length) => Array.from({ length }, () => randomInt(10)).join(''),
  derive: deriveId,
  fingerprint,
  random: () => randomBytes(RANDOM_BYTES).readUIntBE(0, RANDOM_BYTES) / 2 ** (8 * RANDOM_BYTES),
};
