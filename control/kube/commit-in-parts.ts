import type { Dependencies } from '../dependencies.ts';
import { MAX_TRANSACTION_WRITES } from '../ports.ts';
import { type Commit, commitObjects, writesOf } from './commit-objects.ts';

/** The rest is for the object on whose behalf it happens and the head of its log, and for what guards the transaction. */
const MAX_WRITES = MAX_TRANSACTION_WRITES - 12;
/** A transaction may have 4 MB, and an object is in it twice. */
const MAX_CHARACTERS = 1_500_000;

/** Parts of a long list of changes, in its order, each of which fits into a transaction. */
export function parts(commits: readonly Commit[]): readonly (readonly Commit[])[] {
  const all: Part[] = [];
  for (const commit of commits) {
    const last = all.at(-1);
    if (last?.takes(commit)) continue;
    const next = new Part();
    next.takes(commit);
    all.push(next);
  }
  return all.map((part) => part.commits);
}

/** What one transaction holds. */
class Part {
  readonly commits: Commit[] = [];
  readonly #collections = new Set<string>();
  #writes = 0;
  #characters = 0;

  /** Takes a change while there is room for it; the first always fits, for no change is larger than a transaction. */
  takes(commit: Commit): boolean {
    const { resource } = commit.id;
    // The first change of a collection brings the head of its log along.
    const writes = this.#writes + writesOf(commit) + (this.#collections.has(resource) ? 0 : 1);
    const characters =
      this.#characters + JSON.stringify(commit.kind === 'delete' ? commit.before.value : commit.after).length;
    const isFull = writes > MAX_WRITES || characters > MAX_CHARACTERS;
    if (isFull && this.commits.length > 0) return false;
    this.commits.push(commit);
    this.#collections.add(resource);
    this.#writes = writes;
    this.#characters = characters;
    return true;
  }
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
