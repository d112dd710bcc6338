import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '#adapters/sqlite/state-store.ts';
import { openMemoryStore } from '#test/support/memory-store.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';
import { stateStoreContract } from './state-store.case.ts';

stateStoreContract('SQLite in memory', async () => {
  const store = openMemoryStore();
  return { store, close: () => store.close() };
});

stateStoreContract('SQLite on a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'state-store-'));
  const store = openSqliteStore({ path: join(folder, 'state.db'), clock: steppedClock() });
  return {
    store,
    close: () => {
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
