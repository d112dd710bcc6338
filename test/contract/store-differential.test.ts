// Vitest's own equality takes a member named `constructor` for the type of its object.
import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createDynamoStore } from '#adapters/dynamodb/state-store.ts';
import type { Item, ItemPage, StateStore, Write } from '#control/ports.ts';
import { assertNever } from '#core/assert-never.ts';
import { openTwinStore } from '#test/sim/store/twin-store.ts';
import { type DynamoDbLocal, javaIsThere, startDynamoDbLocal } from '#test/support/dynamodb-local.ts';
import { openMemoryStore } from '#test/support/memory-store.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';
import { expectationOf, type Operation, operations, type Query, READ_ALL } from './store-differential.case.ts';

/** All pages with their tokens. Only DynamoDB may promise more after a last page that is full, so that is taken out. */
async function pages(read: (after: string | undefined) => Promise<ItemPage>): Promise<readonly ItemPage[]> {
  const all: ItemPage[] = [];
  let after: string | undefined;
  do {
    const page = await read(after);
    if (page.items.length === 0 && all.length > 0) return [...all.slice(0, -1), { items: all.at(-1)?.items ?? [] }];
    all.push(page);
    after = page.next;
  } while (after !== undefined);
  return all;
}

/**
 * Items of all pages. DynamoDB promises no order between equal index keys, so those stand sorted by their own keys; the
 * order of the index keys stays as it came.
 */
function tiesSorted(all: readonly ItemPage[]): readonly Item[] {
  const ties: Item[][] = [];
  for (const item of all.flatMap(({ items }) => items)) {
    const last = ties.at(-1);
    if (last?.[0]?.index?.sk === item.index?.sk) last?.push(item);
    else ties.push([item]);
  }
  const textOf = ({ key }: Item): string => JSON.stringify([key.pk, key.sk]);
  return ties.flatMap((tie) => tie.sort((left, right) => (textOf(left) < textOf(right) ? -1 : 1)));
}

/** Whether equal index keys come in the order of their items' keys, or in any. */
type Ties = 'ordered' | 'unordered';

/** One run of a sequence against one store. Keys carry the run's number, so that runs can share a table. */
class Runner {
  readonly #store: StateStore;
  readonly #run: string;
  readonly #ties: Ties;

  constructor(store: StateStore, run: string, ties: Ties) {
    this.#store = store;
    this.#run = run;
    this.#ties = ties;
  }

  async answer(operation: Operation): Promise<unknown> {
    const store = this.#store;
    switch (operation.kind) {
      case 'get':
        return store.get(this.#key(operation.key));
      case 'getMany':
        return store.getMany(operation.keys.map((key) => this.#key(key)));
      case 'query':
        return this.#pages(operation.query, (query) => store.query(query));
      case 'queryIndex':
        return this.#indexAnswer(await this.#pages(operation.query, (query) => store.queryIndex(query)));
      case 'transact':
        return store.transact(await this.#writes(operation));
      default:
        return assertNever(operation);
    }
  }

  #key = <K extends { readonly pk: string }>(key: K): K => ({ ...key, pk: `${this.#run}/${key.pk}` });

  #pages(
    query: Query,
    read: (query: Query & { readonly after?: string }) => Promise<ItemPage>,
  ): Promise<readonly ItemPage[]> {
    return pages((after) => read({ ...this.#key(query), ...(after !== undefined && { after }) }));
  }

  #indexAnswer(all: readonly ItemPage[]): unknown {
    return this.#ties === 'ordered' ? all : tiesSorted(all);
  }

  async #writes({ writes }: Extract<Operation, { readonly kind: 'transact' }>): Promise<readonly Write[]> {
    const standing = await this.#store.getMany(writes.map(({ key }) => this.#key(key)));
    return writes.map(({ kind, key: bare, guess, body }, at): Write => {
      const key = this.#key(bare);
      const expected = expectationOf(guess, standing[at]?.version);
      if (kind === 'check') return { kind, key, expect: expected };
      // A delete has to name a version; nothing ever stands at 9.
      if (kind === 'delete') return { kind, key, expect: expected === 'absent' ? 9 : expected };
      return { kind, key, expect: expected, body: { ...body, ...(body.index && { index: this.#key(body.index) }) } };
    });
  }
}

let runs = 0;

/** Every answer of the second store equals the first one's, and so does what is left in the end. */
async function assertSame(
  one: StateStore,
  other: StateStore,
  sequence: readonly Operation[],
  ties: Ties,
): Promise<void> {
  const run = `run${runs++}`;
  const [left, right] = [new Runner(one, run, ties), new Runner(other, run, ties)];
  for (const operation of [...sequence, ...READ_ALL]) {
    deepStrictEqual(await right.answer(operation), await left.answer(operation));
  }
}

describe('stores side by side, random operations', () => {
  test('the twin and SQLite in memory, give the same answers and the same feed', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (sequence) => {
        const clock = steppedClock();
        const [twin, sqlite] = [openTwinStore(clock), openMemoryStore(clock)];
        try {
          await assertSame(twin, sqlite, sequence, 'ordered');
          deepStrictEqual(twin.feed.read(0, 1_000), sqlite.feed.read(0, 1_000));
        } finally {
          sqlite.close();
        }
      }),
      { numRuns: 1_000 },
    );
  });

  describe.skipIf(!javaIsThere())('with DynamoDB Local', () => {
    let dynamodb: DynamoDbLocal;
    let table: StateStore;
    beforeAll(async () => {
      dynamodb = await startDynamoDbLocal();
      await dynamodb.createTable('differential');
      table = createDynamoStore({ client: dynamodb.client, table: 'differential' });
    }, 60_000);
    afterAll(async () => dynamodb?.stop());

    test('the twin and DynamoDB, give the same answers', { timeout: 300_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(operations, (sequence) =>
          assertSame(openTwinStore(steppedClock()), table, sequence, 'unordered'),
        ),
        { numRuns: 100, endOnFailure: false },
      );
    });
  });
});
