import type { Dependencies } from '../dependencies.ts';
import { type ChangeReading, readChanges } from './read-changes.ts';
import type { CollectionId, ObjectChange } from './records.ts';

/** A change together with how it looks as JSON: however many watch, it is written once. */
export interface SharedChange extends ObjectChange {
  readonly json: string;
}

export type SharedReading =
  | { readonly kind: 'changes'; readonly changes: readonly SharedChange[] }
  | Extract<ChangeReading, { readonly kind: 'expired' }>;

/** Reads what happened to collections for everybody of a process who watches them. */
export interface SharedChanges {
  /**
   * What happened behind a position, oldest first; a part of it. It may be as old as `FRESH_MS`: whoever asks for the newest
   * asks again after that.
   */
  read(id: CollectionId, behind: number): Promise<SharedReading>;
}

/** A collection is read at most so often, by however many it is watched. */
const FRESH_MS = 125;
/** What of a collection's newest changes is kept; whoever is behind that reads the log itself. */
const MAX_KEPT = 1_000;
const MAX_KEPT_CHARACTERS = 2 * 1024 * 1024;
/** Collections that are kept at a time; the one nobody asked for the longest goes first. */
const MAX_COLLECTIONS = 32;
/** One answer holds no more, so that a slow client holds little. */
const MAX_PART = 500;

/** The newest changes of one collection. Invariant: `kept` has no gap and ends at `position`. */
interface Tail {
  kept: SharedChange[];
  characters: number;
  position: number;
  readAt: number;
  reading: Promise<void> | undefined;
  /** Its position is no longer in the log. */
  isOver: boolean;
}

/** Makes the reader that all watches of a process share. */
export function createSharedChanges(deps: Dependencies): SharedChanges {
  const tails = new Map<string, Tail>();
  return {
    async read(id, behind) {
      const name = JSON.stringify([id.cluster, id.resource]);
      const standing = tails.get(name);
      const tail = standing && !standing.isOver ? standing : emptyTail(behind);
      // The newest stand last, so the first is the one nobody asked for the longest.
      tails.delete(name);
      tails.set(name, tail);
      for (const [oldest] of tails) {
        if (tails.size <= MAX_COLLECTIONS) break;
        tails.delete(oldest);
      }
      const known = await partOf(deps, id, tail, behind);
      return known ?? shared(await readChanges(deps, id, behind));
    },
  };
}

const emptyTail = (position: number): Tail => ({
  kept: [],
  characters: 0,
  position,
  readAt: Number.NEGATIVE_INFINITY,
  reading: undefined,
  isOver: false,
});

/** What the tail knows behind a position; undefined when that is no part of it. */
async function partOf(
  deps: Dependencies,
  id: CollectionId,
  tail: Tail,
  behind: number,
): Promise<SharedReading | undefined> {
  const isOlder = behind < tail.position - tail.kept.length;
  if (isOlder) return undefined;
  const isFresh = deps.clock.now() - tail.readAt < FRESH_MS;
  if (behind >= tail.position && !(isFresh && behind === tail.position)) {
    tail.reading ??= advance(deps, id, tail).finally(() => {
      tail.reading = undefined;
    });
    await tail.reading;
  }
  const skipped = behind - (tail.position - tail.kept.length);
  // While it was read it may have been cut, and it may not be as far as this yet.
  if (tail.isOver || skipped < 0 || behind > tail.position) return undefined;
  return { kind: 'changes', changes: tail.kept.slice(skipped, skipped + MAX_PART) };
}

async function advance(deps: Dependencies, id: CollectionId, tail: Tail): Promise<void> {
  const readAt = deps.clock.now();
  const reading = shared(await readChanges(deps, id, tail.position));
  if (reading.kind === 'expired') {
    // Nobody asked for so long that the log went on without it: whoever asks reads the log itself, and the next begins anew.
    tail.isOver = true;
    return;
  }
  tail.readAt = readAt;
  tail.kept.push(...reading.changes);
  tail.position = reading.changes.at(-1)?.position ?? tail.position;
  tail.characters += reading.changes.reduce((sum, { json }) => sum + json.length, 0);
  const surplus = surplusOf(tail);
  for (const { json } of tail.kept.splice(0, surplus)) tail.characters -= json.length;
}

/** How many of the oldest are to go; the newest stays, however large it is. */
function surplusOf({ kept, characters }: Tail): number {
  let surplus = Math.max(0, kept.length - MAX_KEPT);
  let left = characters - kept.slice(0, surplus).reduce((sum, { json }) => sum + json.length, 0);
  while (left > MAX_KEPT_CHARACTERS && surplus < kept.length - 1) {
    left -= kept[surplus]?.json.length ?? 0;
    surplus += 1;
  }
  return surplus;
}

const shared = (reading: ChangeReading): SharedReading =>
  reading.kind === 'expired'
    ? reading
    : {
        kind: 'changes',
        changes: reading.changes.map((change) => ({ ...change, json: JSON.stringify(change.object) })),
      };
