import type { Dependencies } from '../dependencies.ts';
import { clusterKey, clustersPartition } from '../keys.ts';
import { asRecord, clusters } from '../records.ts';

/** Names of the active clusters in order; `next` is the `after` of the following page. */
export async function listClusters(
  deps: Pick<Dependencies, 'store'>,
  page: { readonly after?: string; readonly limit: number },
): Promise<{ readonly names: readonly string[]; readonly next?: string }> {
  const names: string[] = [];
  let after = page.after === undefined ? undefined : clusterKey(page.after).sk;
  do {
    const answer = await deps.store.query({ pk: clustersPartition, limit: page.limit, ...(after ? { after } : {}) });
    for (const item of answer.items) {
      const { name, status } = asRecord(clusters, item).value;
      if (status !== 'ACTIVE') continue;
      if (names.length === page.limit) return { names, next: names[names.length - 1] ?? '' };
      names.push(name);
    }
    after = answer.next;
  } while (after !== undefined);
  return { names };
}
