import { openSqliteStore, type SqliteStore } from '#adapters/sqlite/state-store.ts';
import type { Clock } from '#control/ports.ts';
import { steppedClock } from './stepped-clock.ts';

/** A fresh, empty state store that lives as long as the test. */
export const openMemoryStore = (clock: Clock = steppedClock()): SqliteStore =>
  openSqliteStore({ path: ':memory:', clock });
