import type { Clock, Item, Key } from '#control/ports.ts';
import type { Database } from './database.ts';
import type { ItemRow } from './item-row.ts';

/**
 * all: every change; waking: only those whose new image asks for work, which saves a row per quiet write; kinds: those,
 * and every change that leaves an item of one of these kinds.
 */
export type RecordOnly = 'all' | 'waking' | { readonly kinds: readonly string[] };

/** Appends to the change feed inside the transaction of the change, so that neither is ever seen without the other. */
export interface ChangeRecorder {
  wants(next: ItemRow | undefined): boolean;
  append(key: Key, old: Item | undefined, next: Item | undefined): void;
  clear(): void;
  /** Whether anything was appended since the last call. */
  takeAppended(): boolean;
}

const INSERT = 'INSERT INTO changes (at, pk, sk, event, old, new) VALUES (?, ?, ?, ?, ?, ?)';

const eventOf = (old: Item | undefined, next: Item | undefined): string => {
  if (!next) return 'REMOVE';
  return old ? 'MODIFY' : 'INSERT';
};

const image = (item: Item | undefined): string | null => (item ? JSON.stringify(item) : null);

export function changeRecorder({ statement }: Database, clock: Clock, only: RecordOnly): ChangeRecorder {
  let appended = false;
  const kinds = new Set(typeof only === 'string' ? [] : only.kinds);
  return {
    wants: (next) => only === 'all' || typeof next?.wake === 'string' || (next !== undefined && kinds.has(next.kind)),
    append: (key, old, next) => {
      statement(INSERT).run(clock.now(), key.pk, key.sk, eventOf(old, next), image(old), image(next));
      appended = true;
    },
    clear: () => {
      statement('DELETE FROM changes').run();
      statement('DELETE FROM checkpoints').run();
    },
    takeAppended: () => {
      const was = appended;
      appended = false;
      return was;
    },
  };
}
