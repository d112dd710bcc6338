import type { Dependencies } from '../dependencies.ts';
import { MAX_TRANSACTION_WRITES } from '../ports.ts';
import { type Commit, commitObjects } from './commit-objects.ts';

/** Left for heads of logs, for the object on whose behalf it happens, and for what guards the transaction. */
const MAX_WRITES = MAX_TRANSACTION_WRITES - 12;
/** A transaction may have 4 MB, and an object is in it twice. */
const MAX_CHARACTERS = 1_500_000;

interface Cost {
  readonly writes: number;
  readonly characters: number;
}

/** An object, its log entry and an entry of each owner. */
function costOf(commit: Commit): Cost {
  const before = commit.kind === 'create' ? undefined : commit.before.value;
  const after = commit.kind === 'delete' ? undefined : commit.after;
  const ownersOf = (object = before): number => object?.metadata.ownerReferences?.length ?? 0;
  return {
    writes: 2 + ownersOf(before) + (after ? ownersOf(after) : 0),
    characters: JSON.stringify(after ?? before).length,
  };
}

/** Parts of a long list of changes, in its order, each of which fits into a transaction. */
export function parts(commits: readonly Commit[]): readonly (readonly Commit[])[] {
  const all: Commit[][] = [];
  let room: Cost = { writes: 0, characters: 0 };
  for (const commit of commits) {
    const { writes, characters } = costOf(commit);
    const last = all.at(-1);
    if (last && writes <= room.writes && characters <= room.characters) last.push(commit);
    else {
      all.push([commit]);
      room = { writes: MAX_WRITES, characters: MAX_CHARACTERS };
    }
    room = { writes: room.writes - writes, characters: room.characters - characters };
  }
  return all;
}

/**
 * Changes many objects in few transactions; each part stands or falls by itself. False when one met an object that has
 * changed meanwhile: whoever planned it reads again.
 */
export async function commitInParts(deps: Dependencies, commits: readonly Commit[]): Promise<boolean> {
  let isWhole = true;
  for (const part of parts(commits)) {
    const { kind } = await commitObjects(deps, part);
    isWhole &&= kind === 'committed';
  }
  return isWhole;
}
