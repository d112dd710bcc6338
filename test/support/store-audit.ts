import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Change } from '#adapters/sqlite/change-feed.ts';
import { decodeRow, type ItemRow } from '#adapters/sqlite/item-row.ts';

const BUSY_MS = 10_000;
const TABLE =
  'CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, pk TEXT, sk TEXT, event TEXT, old TEXT, new TEXT)';
const ROW = (side: string): string => {
  const columns = ['pk', 'sk', 'version', 'kind', 'value', 'gpk', 'gsk', 'wake', 'wake_at', 'expires_at'];
  return `json_object(${columns.map((column) => `'${column}', ${side}.${column}`).join(', ')})`;
};
/** Leases change at every heartbeat and tell nothing here. */
const AUDITED = "kind <> 'lease'";
const trigger = (event: Change['event'], on: string, old: string, now: string, side: string): string =>
  `CREATE TRIGGER audit_${on} AFTER ${on} ON items WHEN ${side}.${AUDITED} BEGIN INSERT INTO audit (at, pk, sk, event, old, new)
   VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), ${side}.pk, ${side}.sk, '${event}', ${old}, ${now}); END`;

/**
 * Every write of a running stack in the order of its commits, the lease's apart. The stack itself keeps only the changes
 * that wake somebody, so the file's own triggers note the rest: no line of the stack knows of them.
 */
export class StoreAudit {
  readonly #file: string;
  #seen = 0;

  constructor(dataDir: string) {
    this.#file = path.join(dataDir, 'state.db');
    const database = new DatabaseSync(this.#file, { timeout: BUSY_MS });
    try {
      database.exec('BEGIN IMMEDIATE');
      database.exec(TABLE);
      database.exec(trigger('INSERT', 'INSERT', 'NULL', ROW('NEW'), 'NEW'));
      database.exec(trigger('MODIFY', 'UPDATE', ROW('OLD'), ROW('NEW'), 'NEW'));
      database.exec(trigger('REMOVE', 'DELETE', ROW('OLD'), 'NULL', 'OLD'));
      database.exec('COMMIT');
    } finally {
      database.close();
    }
  }

  /** What was written since the last call. */
  next(): readonly Change[] {
    const database = new DatabaseSync(this.#file, { readOnly: true, timeout: BUSY_MS });
    try {
      const rows = database.prepare('SELECT * FROM audit WHERE seq > ? ORDER BY seq').all(this.#seen);
      const changes = rows.map((row) => decoded(row as unknown as AuditRow));
      this.#seen = changes.at(-1)?.seq ?? this.#seen;
      return changes;
    } finally {
      database.close();
    }
  }
}

interface AuditRow {
  readonly seq: number;
  readonly at: number;
  readonly pk: string;
  readonly sk: string;
  readonly event: Change['event'];
  readonly old: string | null;
  readonly new: string | null;
}

const decoded = ({ seq, at, pk, sk, event, old, new: now }: AuditRow): Change => ({
  seq,
  at,
  key: { pk, sk },
  event,
  ...(old !== null && { old: decodeRow(JSON.parse(old) as ItemRow) }),
  ...(now !== null && { new: decodeRow(JSON.parse(now) as ItemRow) }),
});
