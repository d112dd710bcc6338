import type { Item, Key } from '#control/ports.ts';
import type { Database } from './database.ts';

/** One change of one item, with the images DynamoDB Streams would carry. */
export interface Change {
  /** Grows with every change of any item; never used twice. */
  readonly seq: number;
  /** Epoch ms. */
  readonly at: number;
  readonly key: Key;
  readonly event: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly old?: Item;
  readonly new?: Item;
}

/** Committed changes in commit order: the local stand-in for the table's stream. */
export interface ChangeFeed {
  /** At most `limit` changes with a number above `after`. */
  read(after: number, limit: number): readonly Change[];
  /** The highest number given so far; 0 before the first. */
  latest(): number;
  /** Forgets changes with a number below `before`. */
  trim(before: number): void;
  /** Calls back after each commit that added changes; returns how to stop. A listener must not throw. */
  onCommit(listener: () => void): () => void;
  /** The number a consumer saved last; 0 when it saved none. */
  loadCheckpoint(consumer: string): number;
  saveCheckpoint(consumer: string, seq: number): void;
}

type ChangeRow = {
  readonly seq: number;
  readonly at: number;
  readonly pk: string;
  readonly sk: string;
  readonly event: Change['event'];
  readonly old: string | null;
  readonly new: string | null;
};

const SELECT = 'SELECT * FROM changes WHERE seq > ? ORDER BY seq LIMIT ?';
const SELECT_LATEST = "SELECT seq FROM sqlite_sequence WHERE name = 'changes'";
const TRIM = 'DELETE FROM changes WHERE seq < ?';
const SELECT_CHECKPOINT = 'SELECT seq FROM checkpoints WHERE consumer = ?';
const SAVE_CHECKPOINT =
  'INSERT INTO checkpoints (consumer, seq) VALUES (?, ?) ON CONFLICT (consumer) DO UPDATE SET seq = excluded.seq';

export function openChangeFeed(database: Database, listeners: Set<() => void>): ChangeFeed {
  const { statement, use } = database;
  const seqOf = (row: unknown): number => (row as { readonly seq: number } | undefined)?.seq ?? 0;

  return {
    read: (after, limit) => use(() => statement(SELECT).all(after, limit).map(decodeChange)),
    latest: () => use(() => seqOf(statement(SELECT_LATEST).get())),
    trim: (before) => use(() => void statement(TRIM).run(before)),
    onCommit: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    loadCheckpoint: (consumer) => use(() => seqOf(statement(SELECT_CHECKPOINT).get(consumer))),
    saveCheckpoint: (consumer, seq) => use(() => void statement(SAVE_CHECKPOINT).run(consumer, seq)),
  };
}

function decodeChange(columns: unknown): Change {
  // STRICT columns and the change recorder, their only writer, prove the shape.
  const row = columns as ChangeRow;
  return {
    seq: row.seq,
    at: row.at,
    key: { pk: row.pk, sk: row.sk },
    event: row.event,
    ...(row.old !== null && { old: JSON.parse(row.old) as Item }),
    ...(row.new !== null && { new: JSON.parse(row.new) as Item }),
  };
}
