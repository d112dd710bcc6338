import type { Clock, Item, ItemPage, StateStore } from '#control/ports.ts';
import { assertWrites } from '../store/assert-writes.ts';
import { encodeIndexCursor } from '../store/page-cursor.ts';
import { type ChangeFeed, openChangeFeed } from './change-feed.ts';
import { changeRecorder, type RecordOnly } from './change-recorder.ts';
import { openDatabase } from './database.ts';
import { groupCommit } from './group-commit.ts';
import { itemTable } from './item-table.ts';
import { indexPage, type PageQuery, partitionPage } from './page-query.ts';
import { applyExpiry, applyWrites, prepareWrite, type Tables } from './transaction.ts';

interface SqliteStoreOptions {
  /** A file, made when absent, or `:memory:`. */
  readonly path: string;
  readonly clock: Clock;
  /** Which changes the feed keeps; all of them unless told otherwise. */
  readonly recordOnly?: RecordOnly;
}

export interface SqliteStore extends StateStore {
  readonly feed: ChangeFeed;
  /** Deletes items whose `expiresAt` has come; returns how many. Stands in for DynamoDB's time to live. */
  expire(now: number): number;
  /** Forgets all items, changes and checkpoints in one transaction. Change numbers go on rising. */
  reset(): void;
  /** Commits what is waiting and closes the file; later calls fault Unavailable. */
  close(): void;
}

// Taken when the module loads, so that a test's fake timers never hold back a commit.
const afterThisTurn = globalThis.setImmediate;

/** Reads block the event loop, so a long list of keys lets others have their turns; DynamoDB reads 100 at once too. */
const KEYS_PER_TURN = 100;

/**
 * The embedded state store, on the SQLite that comes with Node.
 * A read sees committed data only; it does not wait for transactions of the same turn that are not committed yet.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const database = openDatabase(options.path);
  const listeners = new Set<() => void>();
  const items = itemTable(database);
  const changes = changeRecorder(database, options.clock, options.recordOnly ?? 'all');
  const tables: Tables = { items, changes };

  const commit = <T>(work: () => T): T => {
    const result = database.exclusively(work);
    // In microtasks of their own, so that a listener's mistake cannot make a commit look failed.
    if (changes.takeAppended()) for (const listener of listeners) queueMicrotask(listener);
    return result;
  };
  // Memory has no disk to wait for: a microtask groups the calls of one turn without spending a turn on it.
  const group = groupCommit(commit, options.path === ':memory:' ? queueMicrotask : afterThisTurn);
  const commitAfterWaiting = <T>(work: () => T): T => {
    group.flush();
    return commit(work);
  };

  const page = (query: PageQuery, position: (item: Item) => string): ItemPage => {
    const found = database.use(() => items.page(query));
    const last = found.length > query.size ? found[query.size - 1] : undefined;
    return { items: found.slice(0, query.size), ...(last && { next: position(last) }) };
  };

  return {
    feed: openChangeFeed(database, listeners),
    get: async (key) => database.use(() => items.get(key)),
    getMany: async (keys) => {
      const found: (Item | undefined)[] = [];
      for (let first = 0; first < keys.length; first += KEYS_PER_TURN) {
        if (first > 0) await new Promise<void>((resolve) => afterThisTurn(resolve));
        found.push(...database.use(() => keys.slice(first, first + KEYS_PER_TURN).map((key) => items.get(key))));
      }
      return found;
    },
    query: async (query) => page(partitionPage(query), (item) => item.key.sk),
    queryIndex: async (query) =>
      page(indexPage(query), ({ index, key }) => encodeIndexCursor({ indexSk: index?.sk ?? '', key })),
    transact: async (writes) => {
      assertWrites(writes);
      const prepared = writes.map(prepareWrite);
      return group.submit(() => applyWrites(tables, prepared));
    },
    expire: (now) => commitAfterWaiting(() => applyExpiry(tables, now)),
    reset: () =>
      commitAfterWaiting(() => {
        items.clear();
        changes.clear();
      }),
    close: () => {
      group.flush();
      database.close();
    },
  };
}
