import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** Every item of an embedded store with its version, read from the file of a stack that may be running. */
export function dumpStore(dataDir: string): readonly string[] {
  const database = new DatabaseSync(path.join(dataDir, 'state.db'), { readOnly: true });
  try {
    const rows = database.prepare('SELECT * FROM items ORDER BY pk, sk').all();
    return rows.map((row) => JSON.stringify(row));
  } finally {
    database.close();
  }
}

const QUIET_MS = 300;

/** The same, once nothing was written for a moment: what a test did before must not look like what it does next. */
export async function settledStore(dataDir: string): Promise<readonly string[]> {
  for (let before = dumpStore(dataDir); ; ) {
    await pause(QUIET_MS);
    const now = dumpStore(dataDir);
    if (now.join() === before.join()) return now;
    before = now;
  }
}
