import { pageSize } from '#adapters/store/page-cursor.ts';
import type { Item, PartitionQuery } from '#control/ports.ts';

/** A text for each level of the order, the most important first. */
type Position = readonly string[];

interface Range {
  /** Exclusive start, in the direction of the query. */
  readonly after: Position | undefined;
  readonly query: PartitionQuery;
}

const BEFORE_SURROGATES = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** UTF-8 puts the characters that UTF-16 writes as surrogates above all others. */
const rank = (unit: number): number => {
  if (unit < BEFORE_SURROGATES) return unit;
  return unit < AFTER_SURROGATES ? unit + 0x2000 : unit - 0x800;
};

/** The order of the UTF-8 bytes. */
function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const one = left.charCodeAt(at);
    const other = right.charCodeAt(at);
    if (one !== other) return rank(one) - rank(other);
  }
  return left.length - right.length;
}

function compare(left: Position, right: Position): number {
  for (const [level, text] of left.entries()) {
    const order = compareText(text, right[level] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** Items of one partition, of the table or of its index, in the order of their positions. */
export class OrderedItems {
  readonly #items: Item[] = [];
  readonly #positionOf: (item: Item) => Position;

  constructor(positionOf: (item: Item) => Position) {
    this.#positionOf = positionOf;
  }

  /** Puts an item where it belongs, in the place of one with the same position. */
  set(item: Item): void {
    const position = this.#positionOf(item);
    const at = this.#first((other) => compare(other, position) >= 0);
    this.#items.splice(at, this.#isAt(at, position) ? 1 : 0, item);
  }

  delete(item: Item): void {
    const position = this.#positionOf(item);
    const at = this.#first((other) => compare(other, position) >= 0);
    if (this.#isAt(at, position)) this.#items.splice(at, 1);
  }

  /** One page, and whether there is more. */
  page({ query, after }: Range): { readonly items: readonly Item[]; readonly isLast: boolean } {
    const { prefix = '', reverse } = query;
    const size = pageSize(query);
    let start = this.#first(([text = '']) => compareText(text, prefix) >= 0);
    let end = this.#first(([text = '']) => !text.startsWith(prefix) && compareText(text, prefix) > 0);
    if (after && reverse) end = this.#first((other) => compare(other, after) >= 0);
    else if (after) start = this.#first((other) => compare(other, after) > 0);
    if (reverse) {
      const from = Math.max(start, end - size);
      return { items: this.#items.slice(from, Math.max(from, end)).reverse(), isLast: from <= start };
    }
    return { items: this.#items.slice(start, Math.min(end, start + size)), isLast: start + size >= end };
  }

  /** The first place whose position satisfies a condition that all later ones satisfy too. */
  #first(isThere: (position: Position) => boolean): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const item = this.#items[middle];
      if (item && isThere(this.#positionOf(item))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #isAt(at: number, position: Position): boolean {
    const item = this.#items[at];
    return item !== undefined && compare(this.#positionOf(item), position) === 0;
  }
}
