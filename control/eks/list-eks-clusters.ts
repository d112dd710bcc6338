import type { Dependencies } from '../dependencies.ts';
import { eksClusterKey, eksClustersPartition } from '../keys.ts';
import { asRecord, clusters, readMany } from '../records.ts';
import { eksClusters } from './records.ts';

/** Names of the clusters with a Kubernetes side, in order; `next` is the `after` of the following page. */
export async function listEksClusters(
  deps: Pick<Dependencies, 'store'>,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<{ readonly names: readonly string[]; readonly next?: string }> {
  const names: string[] = [];
  let from = after === undefined ? undefined : eksClusterKey(after).sk;
  for (;;) {
    const page = await deps.store.query({
      pk: eksClustersPartition,
      limit,
      ...(from === undefined ? {} : { after: from }),
    });
    const found = page.items.map((item) => asRecord(eksClusters, item).value.name);
    const standing = await readMany(deps.store, clusters, found);
    for (const [position, name] of found.entries()) {
      if (standing[position]?.value.status !== 'ACTIVE') continue;
      if (names.length === limit) return { names, next: names.at(-1) ?? '' };
      names.push(name);
    }
    if (page.next === undefined) return { names };
    from = page.next;
  }
}
