import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { SCHEMA } from './schema.ts';
import { faultOf } from './sqlite-fault.ts';

/** How long a call waits, blocking, while another process writes to the file. */
const BUSY_TIMEOUT_MS = 1_000;

/** One connection. Everything that touches it runs inside `use` or `exclusively`, which turn its errors into faults. */
export interface Database {
  /** Prepared once, then reused. */
  statement(sql: string): StatementSync;
  use<T>(work: () => T): T;
  /** Runs `work` in one write transaction: all of it is durable when this returns, or nothing happened. */
  exclusively<T>(work: () => T): T;
  close(): void;
}

/** Opens a file, or `:memory:`. Faults: Unavailable when the file cannot be opened or another process holds it. */
export function openDatabase(path: string): Database {
  const connection = translated(() => connect(path));
  const statements = new Map<string, StatementSync>();

  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const prepared = connection.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
  };

  const transaction = <T>(work: () => T): T => {
    statement('BEGIN IMMEDIATE').run();
    try {
      const result = work();
      statement('COMMIT').run();
      return result;
    } catch (error) {
      // A full disk makes SQLite roll back by itself; rolling back twice would hide the first error.
      if (connection.isTransaction) statement('ROLLBACK').run();
      throw error;
    }
  };

  return {
    statement,
    use: translated,
    exclusively: (work) => translated(() => transaction(work)),
    close: () => {
      if (connection.isOpen) connection.close();
    },
  };
}

/**
 * Invariant: acknowledged means durable. With synchronous = FULL every commit reaches the disk before COMMIT returns,
 * so it outlives the process (kill -9) and the machine.
 */
function connect(path: string): DatabaseSync {
  const connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  connection.exec(SCHEMA);
  return connection;
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw faultOf(error);
  }
}
