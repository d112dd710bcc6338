import type { Item, Key } from '#control/ports.ts';
import type { Database } from './database.ts';
import { decodeRow, type ItemRow } from './item-row.ts';
import type { PageQuery } from './page-query.ts';

const BY_KEY = 'WHERE pk = ? AND sk = ?';
const COLUMNS = ['pk', 'sk', 'version', 'kind', 'value', 'gpk', 'gsk', 'wake', 'wake_at', 'expires_at'] as const;
const CHANGING = COLUMNS.filter((column) => column !== 'pk' && column !== 'sk');

const SELECT = `SELECT * FROM items ${BY_KEY}`;
const SELECT_VERSION = `SELECT version FROM items ${BY_KEY}`;
const SELECT_EXPIRED = 'SELECT * FROM items WHERE expires_at <= ?';
const INSERT = `INSERT INTO items (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((column) => `:${column}`).join(', ')})`;
const UPDATE = `UPDATE items SET ${CHANGING.map((column) => `${column} = :${column}`).join(', ')} WHERE pk = :pk AND sk = :sk`;
const DELETE = `DELETE FROM items ${BY_KEY}`;
const DELETE_ALL = 'DELETE FROM items';

/** Rows of `items` as items. Callers bring the transaction. */
export interface ItemTable {
  get(key: Key): Item | undefined;
  version(key: Key): number | undefined;
  page(query: PageQuery): readonly Item[];
  expired(now: number): readonly Item[];
  insert(row: ItemRow): void;
  update(row: ItemRow): void;
  delete(key: Key): void;
  clear(): void;
}

// STRICT columns and encodeRow, the only writer, prove the shape of every row that is read.
const asRow = (row: unknown): ItemRow => row as ItemRow;
const asItem = (row: unknown): Item => decodeRow(asRow(row));

export function itemTable({ statement }: Database): ItemTable {
  return {
    get: (key) => {
      const row = statement(SELECT).get(key.pk, key.sk);
      return row && asItem(row);
    },
    version: (key) => {
      const row = statement(SELECT_VERSION).get(key.pk, key.sk);
      return row && asRow(row).version;
    },
    page: ({ sql, parameters }) =>
      statement(sql)
        .all(...parameters)
        .map(asItem),
    expired: (now) => statement(SELECT_EXPIRED).all(now).map(asItem),
    insert: (row) => void statement(INSERT).run(row),
    update: (row) => void statement(UPDATE).run(row),
    delete: (key) => void statement(DELETE).run(key.pk, key.sk),
    clear: () => void statement(DELETE_ALL).run(),
  };
}
