import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { Oracle, Watched } from './oracle.ts';

/** S15 of the change feed: each item's versions follow each other, and no change is left out or repeated. */
export class FeedOracle implements Oracle {
  readonly #watched: Watched;
  readonly #versions = new Map<string, number>();
  #seq = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  stored({ key, seq, new: item, old }: Change): void {
    const name = `${key.pk} ${key.sk}`;
    const before = this.#versions.get(name) ?? 0;
    const isNext = seq === this.#seq + 1 && (old?.version ?? 0) === before && (!item || item.version === before + 1);
    if (!isNext)
      this.#watched.world.violated(
        'S15',
        `${name} moved from ${before} to ${item?.version}, change ${seq} after ${this.#seq}`,
      );
    this.#seq = seq;
    if (item) this.#versions.set(name, item.version);
    else this.#versions.delete(name);
  }
}
