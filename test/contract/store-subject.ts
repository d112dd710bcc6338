import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { CommitOutcome, Expectation, Item, ItemBody, ItemPage, Key, StateStore, Write } from '#control/ports.ts';
import type { JsonObject } from '#core/json.ts';

export interface OpenedStore {
  readonly store: StateStore;
  close(): Promise<void> | void;
}

/** The store under test. Each test has a partition of its own, so that one table serves them all. */
export interface StoreSubject {
  readonly store: StateStore;
  readonly pk: string;
  /** A key in the test's partition. */
  at(sk: string): Key;
  commit(...writes: readonly Write[]): Promise<void>;
  /** Creates items with these sort keys. */
  fill(keys: readonly string[], content?: (sk: string) => ItemBody): Promise<void>;
}

export const COMMITTED: CommitOutcome = { kind: 'committed' };

export const body = (value: JsonObject = {}, more: Partial<ItemBody> = {}): ItemBody => ({
  kind: 'thing',
  value,
  ...more,
});
export const put = (key: Key, expected: Expectation, content: ItemBody = body()): Write => ({
  kind: 'put',
  key,
  expect: expected,
  body: content,
});
export const check = (key: Key, expected: Expectation): Write => ({ kind: 'check', key, expect: expected });
export const remove = (key: Key, expected: number): Write => ({ kind: 'delete', key, expect: expected });

export const sortKeys = (items: readonly Item[]): readonly string[] => items.map((item) => item.key.sk);
export const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(index).padStart(4, '0'));

const ENDLESS = 100;

/** Reads page after page. Fails when pages never end, which a wrong cursor causes. */
export async function allPages(read: (after?: string) => Promise<ItemPage>): Promise<readonly Item[]> {
  const items: Item[] = [];
  let page = await read();
  items.push(...page.items);
  for (let pages = 1; page.next !== undefined; pages++) {
    if (pages > ENDLESS) throw new Error('the pages never end');
    page = await read(page.next);
    items.push(...page.items);
  }
  return items;
}

/** Opens the store before the tests of the surrounding suite and closes it after them. */
export function storeSubject(open: () => Promise<OpenedStore>): StoreSubject {
  let opened: OpenedStore | undefined;
  let tests = 0;

  beforeAll(async () => {
    opened = await open();
  }, 60_000);
  afterAll(async () => opened?.close());
  beforeEach(() => {
    tests++;
  });

  const subject: StoreSubject = {
    get store() {
      if (!opened) throw new Error('the store is not open yet');
      return opened.store;
    },
    get pk() {
      return `test#${tests}`;
    },
    at: (sk) => ({ pk: subject.pk, sk }),
    commit: async (...writes) => expect(await subject.store.transact(writes)).toEqual(COMMITTED),
    fill: async (keys, content = () => body()) => {
      for (let from = 0; from < keys.length; from += 100) {
        const batch = keys.slice(from, from + 100);
        await subject.commit(...batch.map((sk) => put(subject.at(sk), 'absent', content(sk))));
      }
    },
  };
  return subject;
}
