import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '#adapters/sqlite/change-feed.ts';
import { openSqliteStore, type SqliteStore } from '#adapters/sqlite/state-store.ts';
import type { ItemBody, Key, Write } from '#control/ports.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';

const at = (sk: string): Key => ({ pk: 'p', sk });
const body = (n: number, more: Partial<ItemBody> = {}): ItemBody => ({ kind: 'thing', value: { n }, ...more });
const put = (sk: string, expected: number | 'absent', content: ItemBody): Write => ({
  kind: 'put',
  key: at(sk),
  expect: expected,
  body: content,
});
const remove = (sk: string, expected: number): Write => ({ kind: 'delete', key: at(sk), expect: expected });
const WAKING = { wake: { work: { kind: 'placement', cluster: 'c' } } } as const;

const clock = steppedClock(1_000);
let store: SqliteStore;
beforeEach(() => {
  store = openSqliteStore({ path: ':memory:', clock });
});
afterEach(() => store.close());

const changes = (): readonly Change[] => store.feed.read(0, 100);

describe('change feed', () => {
  test('writes of one item, come in order with both images', async () => {
    await store.transact([put('a', 'absent', body(1))]);
    await store.transact([put('a', 1, body(2, WAKING))]);
    await store.transact([remove('a', 2)]);
    const first = { key: at('a'), version: 1, ...body(1) };
    const second = { key: at('a'), version: 2, ...body(2, WAKING) };
    expect(changes()).toEqual([
      { seq: 1, at: 1_000, key: at('a'), event: 'INSERT', new: first },
      { seq: 2, at: 1_000, key: at('a'), event: 'MODIFY', old: first, new: second },
      { seq: 3, at: 1_000, key: at('a'), event: 'REMOVE', old: second },
    ]);
  });

  test('a transaction, appends one change per put and delete, none per check', async () => {
    await store.transact([put('a', 'absent', body(1)), put('b', 'absent', body(1))]);
    await store.transact([remove('a', 1), { kind: 'check', key: at('b'), expect: 1 }, put('c', 'absent', body(1))]);
    expect(changes().map(({ event, key }) => `${event} ${key.sk}`)).toEqual([
      'INSERT a',
      'INSERT b',
      'REMOVE a',
      'INSERT c',
    ]);
  });

  test('a conflict, appends nothing', async () => {
    await store.transact([put('a', 'absent', body(1)), put('b', 7, body(1))]);
    expect(changes()).toEqual([]);
    expect(store.feed.latest()).toBe(0);
  });

  test('read, after a number and with a limit, returns the next changes', async () => {
    for (const sk of ['a', 'b', 'c', 'd']) await store.transact([put(sk, 'absent', body(1))]);
    expect(store.feed.read(1, 2).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(store.feed.read(4, 2)).toEqual([]);
  });

  test('trim, forgets what is before, and numbers go on rising', async () => {
    for (const sk of ['a', 'b', 'c']) await store.transact([put(sk, 'absent', body(1))]);
    store.feed.trim(3);
    expect(changes().map(({ seq }) => seq)).toEqual([3]);
    store.feed.trim(4);
    expect(store.feed.latest()).toBe(3);
    await store.transact([put('d', 'absent', body(1))]);
    expect(changes().map(({ seq }) => seq)).toEqual([4]);
  });

  test('checkpoints, per consumer, are 0 until saved', () => {
    store.feed.saveCheckpoint('one', 5);
    store.feed.saveCheckpoint('one', 7);
    expect(store.feed.loadCheckpoint('one')).toBe(7);
    expect(store.feed.loadCheckpoint('two')).toBe(0);
  });

  test('onCommit, is called after the commit is readable, until it is stopped', async () => {
    const seen: number[] = [];
    const stop = store.feed.onCommit(() => seen.push(store.feed.latest()));
    await store.transact([put('a', 'absent', body(1))]);
    await store.transact([put('a', 7, body(1))]);
    await store.transact([put('b', 'absent', body(1))]);
    stop();
    await store.transact([put('c', 'absent', body(1))]);
    expect(seen).toEqual([1, 2]);
  });

  test('recordOnly waking, leaves out what asks for no work', async () => {
    const waking = openSqliteStore({ path: ':memory:', clock, recordOnly: 'waking' });
    await waking.transact([put('a', 'absent', body(1)), put('b', 'absent', body(1, WAKING))]);
    await waking.transact([put('a', 1, body(2, WAKING)), remove('b', 1)]);
    const found = waking.feed.read(0, 10).map(({ event, key, old }) => ({ event, sk: key.sk, old: old?.version }));
    expect(found).toEqual([
      { event: 'INSERT', sk: 'b', old: undefined },
      { event: 'MODIFY', sk: 'a', old: 1 },
    ]);
    waking.close();
  });

  test('recordOnly kinds, keeps what asks for work and every change of these kinds', async () => {
    const some = openSqliteStore({ path: ':memory:', clock, recordOnly: { kinds: ['told'] } });
    const told = { ...body(1), kind: 'told' };
    await some.transact([put('a', 'absent', told), put('b', 'absent', body(1, WAKING)), put('c', 'absent', body(1))]);
    await some.transact([put('a', 1, told), remove('c', 1)]);
    expect(some.feed.read(0, 10).map(({ event, key }) => `${event} ${key.sk}`)).toEqual([
      'INSERT a',
      'INSERT b',
      'MODIFY a',
    ]);
    some.close();
  });
});

describe('expire', () => {
  test('items whose time has come, vanish and leave REMOVE changes', async () => {
    await store.transact([
      put('soon', 'absent', body(1, { expiresAt: 5_000 })),
      put('later', 'absent', body(1, { expiresAt: 6_000 })),
      put('never', 'absent', body(1)),
    ]);
    expect(store.expire(4_999)).toBe(0);
    expect(store.expire(5_000)).toBe(1);
    expect((await store.query({ pk: 'p' })).items.map(({ key }) => key.sk)).toEqual(['later', 'never']);
    expect(changes().at(-1)).toMatchObject({ event: 'REMOVE', key: at('soon'), old: { version: 1 } });
  });
});

describe('reset', () => {
  test('everything, is forgotten, also what was waiting to be committed', async () => {
    await store.transact([put('a', 'absent', body(1, { index: { pk: 'i', sk: '1' } }))]);
    store.feed.saveCheckpoint('one', 1);
    const waiting = store.transact([put('b', 'absent', body(1))]);
    store.reset();
    await expect(waiting).resolves.toEqual({ kind: 'committed' });
    expect((await store.query({ pk: 'p' })).items).toEqual([]);
    expect((await store.queryIndex({ pk: 'i' })).items).toEqual([]);
    expect(changes()).toEqual([]);
    expect(store.feed.loadCheckpoint('one')).toBe(0);
    await store.transact([put('a', 'absent', body(1))]);
    expect(changes().map(({ seq }) => seq)).toEqual([3]);
  });
});
