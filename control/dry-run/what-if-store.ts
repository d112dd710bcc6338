import type { CommitOutcome, Item, ItemPage, Key, PartitionQuery, StateStore, Write, WriteConflict } from '../ports.ts';

/** One key that was written: what stood there before the dry run, and what would stand there after it. */
export interface WhatIfChange {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** A store that reads from another one and keeps every write to itself. */
export interface WhatIfStore extends StateStore {
  changes(): readonly WhatIfChange[];
}

interface Held extends WhatIfChange {
  readonly key: Key;
}

/**
 * Lets the real use cases run and shows what they would have written.
 * Invariant: nothing is ever written to the store behind it. Pages end where the caller's limit ends; their cursors are
 * sort keys of this store and are of no use to any other.
 */
export function whatIfStore(real: Omit<StateStore, 'transact'>): WhatIfStore {
  const held = new Map<string, Held>();

  const read = async (key: Key): Promise<Item | undefined> => {
    const known = held.get(nameOf(key));
    return known ? known.after : real.get(key);
  };

  const commit = async (writes: readonly Write[]): Promise<CommitOutcome> => {
    const standing = await Promise.all(writes.map(({ key }) => read(key)));
    const conflicts = writes.flatMap(({ expect }, at): WriteConflict[] => {
      const current = standing[at];
      if ((current?.version ?? 'absent') === expect) return [];
      return [{ write: at, reason: 'condition', ...(current ? { current } : {}) }];
    });
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
    for (const [at, write] of writes.entries()) keep(write, standing[at]);
    return { kind: 'committed' };
  };

  const keep = (write: Write, current: Item | undefined): void => {
    if (write.kind === 'check') return;
    const name = nameOf(write.key);
    const known = held.get(name);
    const before = known ? known.before : current;
    const version = (current?.version ?? 0) + 1;
    const after = write.kind === 'put' ? { ...write.body, key: write.key, version } : undefined;
    held.set(name, { key: write.key, before, after });
  };

  const merged = (found: readonly Item[], isMine: (item: Item) => boolean): readonly Item[] => [
    ...found.filter(({ key }) => !held.has(nameOf(key))),
    ...[...held.values()].flatMap(({ after }) => (after && isMine(after) ? [after] : [])),
  ];

  return {
    get: read,
    getMany: (keys) => Promise.all(keys.map(read)),
    query: async (query) => {
      const isMine = ({ key }: Item): boolean => key.pk === query.pk && key.sk.startsWith(query.prefix ?? '');
      return pageOf(merged(await everyPage(query, (page) => real.query(page)), isMine), query, ({ key }) => key.sk);
    },
    queryIndex: async (query) => {
      const isMine = ({ index }: Item): boolean => index?.pk === query.pk && index.sk.startsWith(query.prefix ?? '');
      const found = await everyPage(query, (page) => real.queryIndex(page));
      return pageOf(merged(found, isMine), query, ({ index }) => index?.sk ?? '');
    },
    transact: commit,
    changes: () => [...held.values()].map(({ before, after }) => ({ before, after })),
  };
}

const nameOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

async function everyPage(
  { pk, prefix }: PartitionQuery,
  load: (query: PartitionQuery) => Promise<ItemPage>,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let after: string | undefined;
  do {
    const page = await load({
      pk,
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return found;
}

function pageOf(
  items: readonly Item[],
  { after, limit = items.length, reverse = false }: PartitionQuery,
  positionOf: (item: Item) => string,
): ItemPage {
  const direction = reverse ? -1 : 1;
  const isAfter = (position: string): boolean => after === undefined || (reverse ? position < after : position > after);
  const rest = items
    .filter((item) => isAfter(positionOf(item)))
    .sort((a, b) => direction * (positionOf(a) < positionOf(b) ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { items: page, ...(last && page.length < rest.length ? { next: positionOf(last) } : {}) };
}
