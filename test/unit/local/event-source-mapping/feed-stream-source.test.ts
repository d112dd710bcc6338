import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore, type SqliteStore } from '#adapters/sqlite/state-store.ts';
import { feedStreamSource } from '#local/event-source-mapping/feed-stream-source.ts';
import { systemTimers } from '#local/event-source-mapping/system-timers.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'feed-source-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();
const openStore = (): SqliteStore => openSqliteStore({ path: path.join(folder, 'state.db'), clock: steppedClock() });
const write = (store: SqliteStore, sk: string) =>
  store.transact([
    { kind: 'put', key: { pk: 'p', sk }, expect: 'absent', body: { kind: 'thing', value: { name: sk } } },
  ]);
const sourceOf = (store: SqliteStore, startingPosition: 'TRIM_HORIZON' | 'LATEST' = 'TRIM_HORIZON') =>
  feedStreamSource({
    feed: store.feed,
    consumer: 'reader',
    streamArn: 'arn:aws:dynamodb:eu-west-1:000000000000:table/t/stream/s',
    startingPosition,
    timers: systemTimers,
  });
const keysOf = (batch: Awaited<ReturnType<ReturnType<typeof sourceOf>['read']>>) =>
  batch?.records.map(({ dynamodb }) => dynamodb?.Keys?.['sk']?.S);

test('feed source, the process ended after a checkpoint, the next one goes on behind it', async () => {
  const first = openStore();
  for (const sk of ['a', 'b', 'c']) await write(first, sk);
  const batch = await sourceOf(first).read(2, 0, signal);
  expect(keysOf(batch)).toEqual(['a', 'b']);
  await batch?.checkpoint();
  first.close();
  const second = openStore();
  expect(keysOf(await sourceOf(second).read(10, 0, signal))).toEqual(['c']);
  second.close();
});

test('feed source, the process ended between the invocation and the checkpoint, the batch comes again', async () => {
  const first = openStore();
  await write(first, 'a');
  expect(keysOf(await sourceOf(first).read(10, 0, signal))).toEqual(['a']);
  first.close();
  const second = openStore();
  await write(second, 'b');
  expect(keysOf(await sourceOf(second).read(10, 0, signal))).toEqual(['a', 'b']);
  second.close();
});

test('feed source, a change during a wait, it is read at once', async () => {
  const store = openStore();
  const waiting = sourceOf(store).read(10, 20_000, signal);
  await write(store, 'a');
  expect(keysOf(await waiting)).toEqual(['a']);
  store.close();
});

test('feed source, begun at the newest change, older ones are passed over once', async () => {
  const store = openStore();
  await write(store, 'a');
  const source = sourceOf(store, 'LATEST');
  expect(await source.read(10, 0, signal)).toBeUndefined();
  await write(store, 'b');
  expect(keysOf(await sourceOf(store, 'LATEST').read(10, 0, signal))).toEqual(['b']);
  store.close();
});
