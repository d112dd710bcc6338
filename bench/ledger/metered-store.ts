import type { Item, ItemBody, Key, PartitionQuery, StateStore, Write } from '#control/ports.ts';
import { billedSize, readUnits, writeUnits } from './billed-size.ts';
import type { Meter } from './meter.ts';

/** Takes part in transactions at twice the price; index entries do not. */
const IN_TRANSACTION = 2;

const sizeOf = (item: Item): number => billedSize(item.key, item.version, item);

/** Counts what DynamoDB would bill for each call, with its rounding, and passes the call on. */
export function meteredStore(inner: StateStore, meter: Meter): StateStore {
  const read = (items: readonly (Item | undefined)[]): void => {
    for (const item of items) meter.add('readUnits', item ? readUnits(sizeOf(item)) : 1, item?.kind ?? 'nothing');
  };
  const queried = (items: readonly Item[], share: number): void => {
    const size = items.reduce((sum, item) => sum + sizeOf(item), 0);
    const kinds = [...new Set(items.map(({ kind }) => kind))].join('+') || 'nothing';
    meter.add('readUnits', readUnits(size) * share, `query of ${kinds}`);
  };
  return {
    get: async (key) => {
      const item = await inner.get(key);
      read([item]);
      return item;
    },
    getMany: async (keys) => {
      const items = await inner.getMany(keys);
      read(items);
      return items;
    },
    query: async (query: PartitionQuery) => {
      const page = await inner.query(query);
      queried(page.items, 1);
      return page;
    },
    queryIndex: async (query: PartitionQuery) => {
      const page = await inner.queryIndex(query);
      // The index is read eventually consistent, at half the price.
      queried(page.items, 0.5);
      return page;
    },
    // A transaction that meets a conflict is billed like one that does not.
    transact: async (writes) => {
      const before = await inner.getMany(writes.map(({ key }) => key));
      const factor = writes.length > 1 ? IN_TRANSACTION : 1;
      writes.forEach((write, at) => {
        charge(meter, write, before[at], factor);
      });
      return inner.transact(writes);
    },
  };
}

function charge(meter: Meter, write: Write, before: Item | undefined, factor: number): void {
  const after = write.kind === 'put' ? billedPut(write.key, before, write.body) : 0;
  const size = Math.max(before ? sizeOf(before) : 0, after);
  const kind = write.kind === 'put' ? write.body.kind : (before?.kind ?? 'nothing');
  const verb = write.kind === 'put' ? '' : `${write.kind} of `;
  meter.add('writeUnits', writeUnits(size) * factor, `${verb}${kind} (${sizeClass(size)})`);
  const index = write.kind === 'check' ? 0 : indexWrites(before, write, size);
  if (index > 0) meter.add('writeUnits', index, `index entry of ${kind}`);
}

const billedPut = (key: Key, before: Item | undefined, body: ItemBody): number =>
  billedSize(key, (before?.version ?? 0) + 1, body);

/** Entries the sparse index gains, loses or changes; it carries whole items. */
function indexWrites(before: Item | undefined, write: Write, size: number): number {
  const old = before?.index;
  const next = write.kind === 'put' ? write.body.index : undefined;
  if (!old && !next) return 0;
  const isMoved = old !== undefined && next !== undefined && (old.pk !== next.pk || old.sk !== next.sk);
  return writeUnits(size) * (isMoved ? 2 : 1);
}

const sizeClass = (size: number): string => `up to ${writeUnits(size)} KiB`;
