import type { Change } from '#adapters/sqlite/change-feed.ts';
import { encodeIndexCursor } from '#adapters/store/page-cursor.ts';
import type { Item, ItemPage, PartitionQuery } from '#control/ports.ts';

/** Versions remembered of each partition of the index. */
const VERSIONS = 8;

/** What the index showed before its last changes, so that a read of it can be answered from the past. */
export class IndexHistory {
  readonly #versions = new Map<string, (readonly Item[])[]>();

  commit(changes: readonly Change[]): void {
    for (const { new: item, old } of changes) {
      for (const pk of new Set([item?.index?.pk, old?.index?.pk])) {
        if (pk !== undefined) this.#change(pk, item, old);
      }
    }
  }

  /** What stood there `age` changes ago; undefined when that is not known, or when a page follows another one. */
  before({ pk, prefix = '', after, limit, reverse = false }: PartitionQuery, age: number): ItemPage | undefined {
    const items = this.#versions.get(pk)?.at(-1 - age);
    if (!items || after !== undefined) return undefined;
    const ordered = items.filter((item) => sortKey(item).startsWith(prefix)).sort(byIndex);
    const page = (reverse ? ordered.reverse() : ordered).slice(0, limit);
    const last = page.at(-1);
    const isMore = last !== undefined && page.length < ordered.length;
    return { items: page, ...(isMore ? { next: encodeIndexCursor({ indexSk: sortKey(last), key: last.key }) } : {}) };
  }

  #change(pk: string, item: Item | undefined, old: Item | undefined): void {
    const versions = this.#versions.get(pk) ?? [[]];
    const key = (item ?? old)?.key;
    const others = (versions.at(-1) ?? []).filter((one) => one.key.pk !== key?.pk || one.key.sk !== key?.sk);
    const now = item?.index?.pk === pk ? [...others, item] : others;
    this.#versions.set(pk, [...versions, now].slice(-VERSIONS));
  }
}

const sortKey = (item: Item): string => item.index?.sk ?? '';
const byIndex = (left: Item, right: Item): number => (sortKey(left) < sortKey(right) ? -1 : 1);
