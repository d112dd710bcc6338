import type { Dependencies } from '../dependencies.ts';
import { familiesPartition, familyKey } from '../keys.ts';
import { asRecord, families } from '../records.ts';

const PAGE = 100;

export interface FamilyWalk {
  readonly prefix?: string;
  /** Exclusive start. */
  readonly after?: string;
  readonly descending?: boolean;
}

/** Names of all families in order, read page by page as the caller asks for more. */
export async function* walkFamilies(deps: Pick<Dependencies, 'store'>, walk: FamilyWalk): AsyncGenerator<string> {
  let after = walk.after === undefined ? undefined : familyKey(walk.after).sk;
  do {
    const page = await deps.store.query({
      pk: familiesPartition,
      limit: PAGE,
      reverse: walk.descending ?? false,
      // A family's sort key is its escaped name, so the prefix of one is the prefix of the other.
      ...(walk.prefix ? { prefix: familyKey(walk.prefix).sk } : {}),
      ...(after === undefined ? {} : { after }),
    });
    for (const item of page.items) yield asRecord(families, item).value.family;
    after = page.next;
  } while (after !== undefined);
}
