import { decode } from '../ecs/schema/decode.ts';
import { serializationError } from '../ecs/wire-error.ts';
import type { HttpBinding } from './operation.ts';
import type { Route } from './route.ts';

/**
 * Puts a request's members together from its path, its query and its body, and decodes them. A member has one place: in another
 * it is unknown. Faults: SerializationException, InvalidParameter.
 */
export function readInput({ binding, labels }: Route, query: string, body: string): unknown {
  const elsewhere = new Set([...Object.keys(labels), ...binding.query.values()]);
  const sent = Object.entries(parse(body));
  const strange = sent.find(([name]) => elsewhere.has(name));
  if (strange) throw serializationError(`'${strange[0]}' has no place in the body.`);
  const members = [...sent, ...Object.entries(labels), ...queryMembers(binding, query)];
  return decode(binding.input, Object.fromEntries(members), '');
}

function parse(body: string): object {
  if (body === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw serializationError('The request body is no JSON object.');
}

/** A query has text alone; a list is a name given more than once. */
function queryMembers({ input, query: names }: HttpBinding, query: string): readonly (readonly [string, unknown])[] {
  const parameters = new URLSearchParams(query);
  return [...new Set(parameters.keys())].map((name) => {
    const member = names.get(name);
    const shape = member === undefined ? undefined : input.members.get(member)?.();
    if (member === undefined || !shape)
      throw serializationError(`Unknown parameter in the query: '${name.slice(0, 100)}'.`);
    const texts = parameters.getAll(name);
    if (shape.kind === 'list') return [member, texts];
    const [text = ''] = texts;
    if (texts.length > 1) throw serializationError(`'${name}' is given more than once.`);
    return [member, shape.kind === 'number' ? numberOf(name, text) : text];
  });
}

function numberOf(name: string, text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw serializationError(`'${name}' must be a 32-bit integer.`);
  return Number(text);
}
