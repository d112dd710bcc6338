import type { Change, ChangeFeed } from '#adapters/sqlite/change-feed.ts';
import { groupCommit } from '#adapters/sqlite/group-commit.ts';
import { assertWrites, keyText } from '#adapters/store/assert-writes.ts';
import { expiryMilliseconds, expirySeconds } from '#adapters/store/expiry.ts';
import { encodeIndexCursor, indexCursor, partitionCursor } from '#adapters/store/page-cursor.ts';
import { versionAfter } from '#adapters/store/version-after.ts';
import type { Clock, CommitOutcome, Item, ItemPage, Key, StateStore, Wake, Write } from '#control/ports.ts';
import { decodeWorkItem, encodeWorkItem } from '#events/work-item.ts';
import { frozenCopy } from './frozen-copy.ts';
import { OrderedItems } from './ordered-items.ts';

/** What the simulator needs of a store; the embedded store in memory has it too. */
export interface SimStore extends StateStore {
  readonly feed: Pick<ChangeFeed, 'read' | 'onCommit'>;
}

/** A write with its item already made, so that a value the caller changes later is not what gets stored. */
interface Prepared {
  readonly write: Write;
  /** Present for a put. */
  readonly item?: Item;
}

/**
 * The embedded store's twin in plain memory, several times faster. The contract suite and the differential test hold
 * the two together. Items are frozen and shared with every reader instead of copied, so whoever changes one fails.
 */
export function openTwinStore(clock: Clock): SimStore {
  const items = new Map<string, Item>();
  const partitions = new Map<string, OrderedItems>();
  const indexes = new Map<string, OrderedItems>();
  const changes: Change[] = [];
  const listeners = new Set<() => void>();

  const partition = (pk: string): OrderedItems => entry(partitions, pk, ({ key }) => [key.sk]);
  const index = (pk: string): OrderedItems =>
    entry(indexes, pk, (item) => [item.index?.sk ?? '', item.key.pk, item.key.sk]);

  const conflictOf = ({ write: { key, expect } }: Prepared, write: number) => {
    const current = items.get(keyText(key));
    if ((current?.version ?? 'absent') === expect) return [];
    return [{ write, reason: 'condition' as const, ...(current && { current }) }];
  };

  const apply = ({ write: { kind, key }, item }: Prepared): void => {
    if (kind === 'check') return;
    const name = keyText(key);
    const old = items.get(name);
    if (old?.index) index(old.index.pk).delete(old);
    if (item) {
      items.set(name, item);
      partition(key.pk).set(item);
      if (item.index) index(item.index.pk).set(item);
    } else if (old) {
      items.delete(name);
      partition(key.pk).delete(old);
    }
    changes.push({
      seq: changes.length + 1,
      at: clock.now(),
      key: item?.key ?? old?.key ?? key,
      event: eventOf(old, item),
      ...(old && { old }),
      ...(item && { new: item }),
    });
  };

  const transact = (writes: readonly Prepared[]): CommitOutcome => {
    const conflicts = writes.flatMap(conflictOf);
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
    for (const write of writes) apply(write);
    return { kind: 'committed' };
  };

  const group = groupCommit((work) => {
    const before = changes.length;
    const result = work();
    if (changes.length > before) for (const listener of listeners) queueMicrotask(listener);
    return result;
  }, queueMicrotask);

  return {
    feed: {
      read: (after, limit) => changes.slice(after, after + limit),
      onCommit: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    get: async (key) => items.get(keyText(key)),
    getMany: async (keys) => keys.map((key) => items.get(keyText(key))),
    query: async (query) => {
      const after = partitionCursor(query);
      const found = partition(query.pk).page({ query, after: after === undefined ? undefined : [after] });
      return pageOf(found, ({ key }) => key.sk);
    },
    queryIndex: async (query) => {
      const after = indexCursor(query);
      const found = index(query.pk).page({ query, after: after && [after.indexSk, after.key.pk, after.key.sk] });
      return pageOf(found, (item) => encodeIndexCursor({ indexSk: item.index?.sk ?? '', key: item.key }));
    },
    transact: async (writes) => {
      assertWrites(writes);
      const prepared = writes.map(
        (write): Prepared => (write.kind === 'put' ? { write, item: itemOf(write) } : { write }),
      );
      return group.submit(() => transact(prepared));
    },
  };
}

function entry(
  all: Map<string, OrderedItems>,
  pk: string,
  positionOf: ConstructorParameters<typeof OrderedItems>[0],
): OrderedItems {
  const known = all.get(pk);
  if (known) return known;
  const made = new OrderedItems(positionOf);
  all.set(pk, made);
  return made;
}

function pageOf({ items, isLast }: ReturnType<OrderedItems['page']>, position: (item: Item) => string): ItemPage {
  const last = items.at(-1);
  return { items, ...(last && !isLast && { next: position(last) }) };
}

function eventOf(old: Item | undefined, next: Item | undefined): Change['event'] {
  if (!next) return 'REMOVE';
  return old ? 'MODIFY' : 'INSERT';
}

const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });

const wakeOf = ({ work, at }: Wake): Wake => ({
  work: decodeWorkItem(encodeWorkItem(work)),
  ...(at !== undefined && { at }),
});

/** JSON semantics for the value, as in every store: undefined members vanish. */
function itemOf({ key, expect, body }: Extract<Write, { readonly kind: 'put' }>): Item {
  return frozenCopy({
    key: keyOf(key),
    version: versionAfter(expect),
    kind: body.kind,
    value: body.value,
    ...(body.index && { index: keyOf(body.index) }),
    ...(body.wake && { wake: wakeOf(body.wake) }),
    ...(body.expiresAt !== undefined && { expiresAt: expiryMilliseconds(expirySeconds(body.expiresAt)) }),
  });
}
