import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { CommitOutcome } from '#control/ports.ts';
import type { Oracle, Watched } from './oracle.ts';

const WINDOW_MS = 60_000;
/** Below so many first tries a share says nothing. */
const ENOUGH = 40;

/** S12: what is written besides leases, and how many transactions lost a race and had to be tried again. */
export class WorkOracle implements Oracle {
  readonly #watched: Watched;
  /** Writes other than leases since the last reset. */
  writes: string[] = [];
  #calm: { at: number; isConflict: boolean }[] = [];
  #conflicts = 0;
  mostConflicts = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  stored({ key, new: item, old }: Change): void {
    const kind = item?.kind ?? old?.kind;
    if (kind !== 'lease') this.writes.push(`${kind} ${key.pk} ${key.sk}`);
  }

  /** Every transaction that reached the store. */
  transacted({ kind }: CommitOutcome): void {
    const { time, isCalm } = this.#watched.world;
    if (!isCalm) return;
    const isConflict = kind === 'conflict';
    this.#calm.push({ at: time.elapsed, isConflict });
    if (isConflict) this.#conflicts += 1;
    while ((this.#calm[0]?.at ?? time.elapsed) < time.elapsed - WINDOW_MS) {
      if (this.#calm.shift()?.isConflict) this.#conflicts -= 1;
    }
    const share = this.#conflicts / (this.#calm.length - this.#conflicts);
    if (this.#calm.length >= ENOUGH) this.mostConflicts = Math.max(this.mostConflicts, share);
  }
}
