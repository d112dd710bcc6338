import type { Key, PartitionQuery } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';

/** Where a page of the index ended: entries may share a sort key, so it names the item as well. */
interface IndexPosition {
  readonly indexSk: string;
  readonly key: Key;
}

const notACursor = (): Fault => new Fault('InvalidParameter', 'the page token does not belong to this query');

/** The sort key a page of a partition starts after. A token from outside the query is refused by every store alike. */
export function partitionCursor(query: PartitionQuery): string | undefined {
  const { after, prefix = '' } = query;
  if (after !== undefined && (after === '' || !after.startsWith(prefix))) throw notACursor();
  return after;
}

export const encodeIndexCursor = ({ indexSk, key }: IndexPosition): string => JSON.stringify([indexSk, key.pk, key.sk]);

/** The inverse of encodeIndexCursor. Faults: InvalidParameter for text it did not make for this query. */
export function indexCursor(query: PartitionQuery): IndexPosition | undefined {
  if (query.after === undefined) return undefined;
  const [indexSk, pk, sk] = texts(query.after);
  if (!indexSk || !pk || !sk || !indexSk.startsWith(query.prefix ?? '')) throw notACursor();
  return { indexSk, key: { pk, sk } };
}

function texts(cursor: string): readonly string[] {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== 3) throw notACursor();
  return parts.map((part) => (typeof part === 'string' ? part : ''));
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(cursor);
  } catch {
    throw notACursor();
  }
}

/** Every page has a bound, so that no query can take all of memory. */
const MAX_PAGE = 1000;

export function pageSize({ limit = MAX_PAGE }: PartitionQuery): number {
  if (!Number.isInteger(limit) || limit < 1) throw new TypeError(`a page has at least one item, not ${limit}`);
  return Math.min(limit, MAX_PAGE);
}
