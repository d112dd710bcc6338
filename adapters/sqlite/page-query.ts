import type { PartitionQuery } from '#control/ports.ts';
import { indexCursor, pageSize, partitionCursor } from '../store/page-cursor.ts';
import { prefixEnd } from './prefix-end.ts';

/** Fixed statement text and the values bound to it; user text is only ever a value (X7). */
export interface PageQuery {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
  readonly size: number;
}

type Clause = readonly [sql: string, ...parameters: readonly string[]];

/** One page of a partition. */
export function partitionPage(query: PartitionQuery): PageQuery {
  const after = partitionCursor(query);
  const start: readonly Clause[] = after === undefined ? [] : [[`sk ${beyond(query)} ?`, after]];
  return page(query, [['pk = ?', query.pk], ...prefixClauses('sk', query.prefix), ...start], ['sk']);
}

/** One page of the sparse index. The primary key breaks ties between equal index keys, so no entry is lost or repeated. */
export function indexPage(query: PartitionQuery): PageQuery {
  const after = indexCursor(query);
  const start: readonly Clause[] = after
    ? [[`(gsk, pk, sk) ${beyond(query)} (?, ?, ?)`, after.indexSk, after.key.pk, after.key.sk]]
    : [];
  return page(query, [['gpk = ?', query.pk], ...prefixClauses('gsk', query.prefix), ...start], ['gsk', 'pk', 'sk']);
}

const beyond = (query: PartitionQuery): string => (query.reverse ? '<' : '>');

function prefixClauses(column: string, prefix = ''): readonly Clause[] {
  const end = prefixEnd(prefix);
  return [
    ...(prefix === '' ? [] : [[`${column} >= ?`, prefix] as const]),
    ...(end === undefined ? [] : [[`${column} < ?`, end] as const]),
  ];
}

function page(query: PartitionQuery, clauses: readonly Clause[], order: readonly string[]): PageQuery {
  const size = pageSize(query);
  const where = clauses.map(([sql]) => sql).join(' AND ');
  const orderBy = order.map((column) => (query.reverse ? `${column} DESC` : column)).join(', ');
  return {
    sql: `SELECT * FROM items WHERE ${where} ORDER BY ${orderBy} LIMIT ?`,
    // One more than asked for tells whether there is a next page.
    parameters: [...clauses.flatMap(([, ...parameters]) => parameters), size + 1],
    size,
  };
}
