import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore, type SqliteStore } from '#adapters/sqlite/state-store.ts';
import type { Expectation, Write } from '#control/ports.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';

const WRITER = fileURLToPath(new URL('../support/durable-writer.ts', import.meta.url));
/** How many acknowledgements to wait for before each kill; uneven, so that kills land at different moments. */
const KILL_AFTER = [1, 57, 230];

const clock = steppedClock();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durable-store-'));
  path = join(folder, 'state.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): SqliteStore => openSqliteStore({ path, clock });
const put = (sk: string, expected: Expectation = 'absent'): Write => ({
  kind: 'put',
  key: { pk: 'p', sk },
  expect: expected,
  body: { kind: 'thing', value: {} },
});

/** Runs the writer until it acknowledged `count` pairs, kills it, and returns every number it acknowledged. */
async function acknowledgedBeforeKill(first: number, count: number): Promise<readonly number[]> {
  const writer = spawn(process.execPath, [WRITER, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > count) writer.kill('SIGKILL');
  });
  const [, signal] = await once(writer, 'close');
  expect(signal).toBe('SIGKILL');
  // A line without its end was not fully printed, so it acknowledged nothing.
  return printed.split('\n').slice(0, -1).map(Number);
}

async function storedNumbers(store: SqliteStore, pk: string): Promise<ReadonlySet<number>> {
  const numbers = new Set<number>();
  let after: string | undefined;
  do {
    const page = await store.query({ pk, ...(after !== undefined && { after }) });
    for (const item of page.items) numbers.add(Number(item.key.sk));
    after = page.next;
  } while (after !== undefined);
  return numbers;
}

describe('a store on a file', () => {
  test('its process killed while writing, keeps all it acknowledged and no half of a transaction', async () => {
    const acknowledged: number[] = [];
    for (const [round, count] of KILL_AFTER.entries()) {
      acknowledged.push(...(await acknowledgedBeforeKill(round * 1_000_000, count)));

      const store = open();
      const left = await storedNumbers(store, 'left');
      expect(acknowledged.filter((number) => !left.has(number))).toEqual([]);
      expect(await storedNumbers(store, 'right')).toEqual(left);
      store.close();
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILL_AFTER.reduce((sum, count) => sum + count, 0));
  }, 60_000);

  test('closed and opened again, has its items, changes and checkpoints', async () => {
    const before = open();
    const written = before.transact([put('a')]);
    before.feed.saveCheckpoint('one', 1);
    before.close();
    await written;

    const after = open();
    expect(await after.get({ pk: 'p', sk: 'a' })).toMatchObject({ version: 1 });
    expect(after.feed.latest()).toBe(1);
    expect(after.feed.loadCheckpoint('one')).toBe(1);
    after.close();
  });

  test('another process holds the file, faults Unavailable and works again afterwards', async () => {
    const store = open();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.transact([put('a')])).rejects.toMatchObject({
      name: 'Fault',
      code: 'Unavailable',
      cause: { errcode: 5 },
    });
    other.exec('ROLLBACK');
    other.close();
    expect(await store.transact([put('a')])).toEqual({ kind: 'committed' });
    store.close();
  });

  test('a folder that is not there, or a file that is no database, faults Unavailable', () => {
    expect(() => openSqliteStore({ path: join(folder, 'none', 'state.db'), clock })).toThrow(
      expect.objectContaining({ code: 'Unavailable' }),
    );
    expect(() => openSqliteStore({ path: WRITER, clock })).toThrow(expect.objectContaining({ code: 'Unavailable' }));
  });

  test('after close, faults Unavailable', async () => {
    const store = open();
    store.close();
    store.close();
    await expect(store.get({ pk: 'p', sk: 'a' })).rejects.toMatchObject({ code: 'Unavailable' });
    await expect(store.transact([put('a')])).rejects.toMatchObject({ code: 'Unavailable' });
  });
});

describe.each(['memory', 'file'])('group commit in %s', (place) => {
  let store: SqliteStore;
  beforeEach(() => {
    store = place === 'memory' ? openSqliteStore({ path: ':memory:', clock }) : open();
  });
  afterEach(() => store.close());

  test('calls of one turn, see each other in the order of the calls', async () => {
    const outcomes = await Promise.all([
      store.transact([put('a')]),
      store.transact([put('a')]),
      store.transact([put('a', 1), put('b')]),
      store.transact([put('b', 3), put('c')]),
      store.transact([put('d')]),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'conflict', 'committed', 'conflict', 'committed']);
    const { items } = await store.query({ pk: 'p' });
    expect(items.map(({ key, version }) => `${key.sk}${version}`)).toEqual(['a2', 'b1', 'd1']);
  });

  test('calls of one turn, share one commit', async () => {
    let commits = 0;
    store.feed.onCommit(() => commits++);
    await Promise.all(Array.from({ length: 50 }, (_, number) => store.transact([put(`k${number}`)])));
    expect(commits).toBe(1);
    expect(store.feed.latest()).toBe(50);
  });

  test('a value that is no JSON among the calls, fails alone', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const bad: Write = {
      kind: 'put',
      key: { pk: 'p', sk: 'bad' },
      expect: 'absent',
      body: { kind: 'thing', value: circular as never },
    };
    const [good, refused] = await Promise.allSettled([store.transact([put('a')]), store.transact([bad])]);
    expect(good).toMatchObject({ value: { kind: 'committed' } });
    expect(refused.status).toBe('rejected');
  });
});
