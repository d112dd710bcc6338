import { serializationError } from './wire-error.ts';

/** What can be read with a GET, for whoever has a URL and a key and no SDK: the path and the operation it stands for. */
const READS: ReadonlyMap<string, string> = new Map([['/events', 'Berth.Events']]);

/** Members that are numbers in JSON; a query has text alone. */
const NUMBERS: ReadonlySet<string> = new Set(['maxResults']);

export interface PlainRead {
  readonly target: string;
  readonly input: Readonly<Record<string, string | number>>;
}

/** The operation a GET asks for, and its input from the query; undefined for any other path. */
export function plainRead(path: string, query: string): PlainRead | undefined {
  const target = READS.get(path);
  if (target === undefined) return undefined;
  const members = [...new URLSearchParams(query)].map(([name, text]) => [name, memberOf(name, text)] as const);
  const input = Object.fromEntries(members);
  if (Object.keys(input).length < members.length) throw serializationError('A member is given more than once.');
  return { target, input };
}

function memberOf(name: string, text: string): string | number {
  if (!NUMBERS.has(name)) return text;
  if (!/^-?\d{1,10}$/.test(text)) throw serializationError(`'${name}' must be a 32-bit integer.`);
  return Number(text);
}
