import { Fault } from '../../fault.ts';
import type { Json } from '../../json.ts';
import { isObject } from '../object.ts';
import { isSameValue } from '../same-value.ts';

/** As many operations as the Kubernetes API server takes in one patch. */
const MAX_OPERATIONS = 10_000;

/**
 * JSON patch (RFC 6902): operations in order, all or nothing, on a copy.
 * Faults: InvalidParameter when it is no patch; Invalid when an operation does not fit the document or its test fails.
 */
export function jsonPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw new Fault('InvalidParameter', 'a JSON patch is a list of operations');
  if (patch.length > MAX_OPERATIONS) {
    throw new Fault(
      'LimitExceeded',
      `a JSON patch may have ${MAX_OPERATIONS} operations, this one has ${patch.length}`,
    );
  }
  return (patch as readonly Json[]).reduce((current, step, number) => apply(current, step, number), document);
}

function apply(document: Json, step: Json, number: number): Json {
  const { op, path, from, value } = isObject(step) ? step : {};
  if (typeof path !== 'string')
    throw new Fault('InvalidParameter', `operation ${number} of the JSON patch has no path`);
  switch (op) {
    case 'add':
      return put(document, pointer(path), required(value, number), 'add', path);
    case 'replace':
      return put(document, pointer(path), required(value, number), 'replace', path);
    case 'remove':
      return put(document, pointer(path), undefined, 'remove', path);
    case 'move': {
      const moved = at(document, pointer(source(from, number)), source(from, number));
      if (path.startsWith(`${from}/`)) throw misfit(path, 'a value cannot be moved into itself');
      const without = put(document, pointer(source(from, number)), undefined, 'remove', source(from, number));
      return put(without, pointer(path), moved, 'add', path);
    }
    case 'copy': {
      const copied = at(document, pointer(source(from, number)), source(from, number));
      return put(document, pointer(path), copied, 'add', path);
    }
    case 'test':
      if (!isSameValue(at(document, pointer(path), path), required(value, number))) {
        throw misfit(path, 'the value is not the one the test names');
      }
      return document;
    default:
      throw new Fault('InvalidParameter', `operation ${number} of the JSON patch: "${String(op)}" is no operation`);
  }
}

type Change = 'add' | 'replace' | 'remove';

/** A copy of `node` with the value at `path` changed; only what lies on the way is copied. */
function put(node: Json, path: readonly string[], value: Json | undefined, change: Change, whole: string): Json {
  const [name, ...rest] = path;
  if (name === undefined) {
    if (value === undefined) throw misfit(whole, 'the whole object cannot be removed');
    return value;
  }
  if (Array.isArray(node)) return putInList(node, name, rest, value, change, whole);
  if (!isObject(node)) throw misfit(whole, 'there is nothing at this path');
  const members = new Map(Object.entries(node) as [string, Json][]);
  const before = members.get(name);
  if (rest.length > 0) {
    if (before === undefined) throw misfit(whole, 'there is nothing at this path');
    members.set(name, put(before, rest, value, change, whole));
  } else if (change !== 'add' && before === undefined) {
    throw misfit(whole, 'there is nothing at this path');
  } else if (value === undefined) members.delete(name);
  else members.set(name, value);
  return Object.fromEntries(members);
}

function putInList(
  list: readonly Json[],
  name: string,
  rest: readonly string[],
  value: Json | undefined,
  change: Change,
  whole: string,
): Json {
  const index = indexOf(name, list.length, change === 'add' && rest.length === 0, whole);
  const copy = [...list];
  if (rest.length > 0) copy[index] = put(list[index] ?? null, rest, value, change, whole);
  else if (change === 'add') copy.splice(index, 0, value ?? null);
  else if (value === undefined) copy.splice(index, 1);
  else copy[index] = value;
  return copy;
}

/** A position of a list; where something is added, the place behind the last one counts, too. */
function indexOf(name: string, length: number, isAddition: boolean, whole: string): number {
  if (name === '-' && isAddition) return length;
  const index = /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : Number.NaN;
  if (!(index < (isAddition ? length + 1 : length))) throw misfit(whole, `"${name}" is no position of the list`);
  return index;
}

function at(node: Json, path: readonly string[], whole: string): Json {
  let current: Json | undefined = node;
  for (const name of path) {
    if (Array.isArray(current)) current = (current as readonly Json[])[indexOf(name, current.length, false, whole)];
    else current = isObject(current) && Object.hasOwn(current, name) ? current[name] : undefined;
    if (current === undefined) throw misfit(whole, 'there is nothing at this path');
  }
  return current;
}

function pointer(path: string): readonly string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw new Fault('InvalidParameter', `"${path}" is no JSON pointer`);
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function required(value: Json | undefined, number: number): Json {
  if (value === undefined) throw new Fault('InvalidParameter', `operation ${number} of the JSON patch has no value`);
  return value;
}

function source(from: Json | undefined, number: number): string {
  if (typeof from !== 'string') {
    throw new Fault('InvalidParameter', `operation ${number} of the JSON patch has no from`);
  }
  return from;
}

const misfit = (path: string, why: string): Fault =>
  new Fault('Invalid', `the server rejected our request due to an error in our request: ${path}: ${why}`);
