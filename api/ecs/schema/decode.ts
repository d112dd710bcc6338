import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import { serializationError } from '../wire-error.ts';
import { checkConstraint, isDouble } from './constraints.ts';
import type { Shape, Structure } from './shape.ts';

/**
 * Reads parsed JSON as a shape, or throws what an ECS client expects.
 *
 * AWS ignores members it does not know. Berth refuses them: a misspelt member that is silently dropped gives the
 * caller something else than what was asked for, and the SDKs never send one.
 * The shape bounds the work: nothing below an unknown member is looked at, and null counts as absent.
 */
export function decode(shape: Shape, value: unknown, path: string): unknown {
  switch (shape.kind) {
    case 'structure':
      return decodeStructure(shape, value, path);
    case 'list':
      if (!Array.isArray(value)) throw wrongType(path, 'a list');
      return value.map((item, position) => decode(shape.item(), item, `${path}[${position}]`));
    case 'map':
      return Object.fromEntries(
        Object.entries(record(value, path)).map(([key, item]) => [
          decodeText(key, path),
          decode(shape.value(), item, `${path}.${key}`),
        ]),
      );
    case 'string':
      return decodeText(value, path);
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(path, 'a boolean');
      return value;
    case 'number':
      return decodeNumber(value, path);
    case 'timestamp':
      return new Date(decodeNumber(value, path) * 1000);
    case 'document':
      if (!isShallow(value, MAX_DOCUMENT_DEPTH)) throw wrongType(path, `nested at most ${MAX_DOCUMENT_DEPTH} levels`);
      return value;
    default:
      return assertNever(shape);
  }
}

/**
 * Half of a surrogate pair is a character in no encoding: a store would give back another text than it was given, and
 * two texts that differ would become one.
 */
function decodeText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongType(path, 'a string');
  if (!value.isWellFormed())
    throw new Fault('InvalidParameter', `'${clip(path)}' must be Unicode text, but it has half of a surrogate pair.`);
  return value;
}

/** A document is any JSON, so here alone the shape does not bound the depth. */
const MAX_DOCUMENT_DEPTH = 32;

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}

function decodeStructure(shape: Structure, value: unknown, path: string): object {
  const decoded: [string, unknown][] = [];
  for (const [name, member] of Object.entries(record(value, path))) {
    const memberShape = shape.members.get(name)?.();
    const memberPath = path === '' ? name : `${path}.${name}`;
    if (!memberShape) throw new Fault('InvalidParameter', `Unknown parameter: '${clip(memberPath)}'.`);
    if (member === null) continue;
    const result = decode(memberShape, member, memberPath);
    checkConstraint(shape.name, name, result, memberPath);
    decoded.push([name, result]);
  }
  const structure: Readonly<Record<string, unknown>> = Object.fromEntries(decoded);
  for (const name of shape.required) refuseBlank(name, structure[name]);
  return structure;
}

const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  'containerDefinitions',
  'tags',
  'capacityProviders',
  'defaultCapacityProviderStrategy',
]);

/** ECS wants a required text or list to have something in it. */
function refuseBlank(name: string, value: unknown): void {
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  if (Array.isArray(value) && value.length === 0 && !MAY_BE_EMPTY.has(name)) {
    throw new Fault('InvalidParameter', `${title} cannot be empty.`);
  }
  if (value === undefined || value === '') throw new Fault('InvalidParameter', `${title} can not be blank.`);
}

function decodeNumber(value: unknown, path: string): number {
  if (typeof value !== 'number') throw wrongType(path, 'a number');
  if (isDouble(path)) return value;
  const fits = Number.isInteger(value) && Math.abs(value) < 2 ** 31;
  if (!fits) throw wrongType(path, 'a 32-bit integer');
  return value;
}

function record(value: unknown, path: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'an object');
  return value;
}

const wrongType = (path: string, expected: string): Error =>
  serializationError(path === '' ? `The request must be ${expected}.` : `'${clip(path)}' must be ${expected}.`);

/** Names are the caller's text; an error message repeats only so much of it. */
const clip = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text);
