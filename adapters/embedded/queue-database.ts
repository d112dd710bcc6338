import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    sent INTEGER NOT NULL,
    visible INTEGER NOT NULL,
    receives INTEGER NOT NULL,
    first INTEGER,
    receipt TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS by_visibility ON messages (queue, visible);
  CREATE INDEX IF NOT EXISTS by_receipt ON messages (receipt);
`;

export interface QueueDatabase {
  run(sql: string, values: readonly SQLInputValue[]): void;
  all<Row>(sql: string, values: readonly SQLInputValue[]): readonly Row[];
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Messages outlive kill -9 but not a power cut: synchronous = NORMAL saves a disk flush per message,
 * and the sweep sends again what was lost.
 */
export function openQueueDatabase(path: string): QueueDatabase {
  const connection = new DatabaseSync(path);
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  connection.exec(SCHEMA);
  const statements = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const prepared = statements.get(sql) ?? connection.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
  };

  return {
    run: (sql, values) => void statement(sql).run(...values),
    // Each statement names the columns of its Row, and the table is STRICT.
    all: <Row>(sql: string, values: readonly SQLInputValue[]) => statement(sql).all(...values) as unknown as Row[],
    transaction: (work) => {
      connection.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        connection.exec('COMMIT');
        return result;
      } catch (error) {
        if (connection.isTransaction) connection.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => connection.close(),
  };
}
