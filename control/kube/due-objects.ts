import { isCollecting } from '#core/kube/gc/propagation.ts';
import type { Dependencies } from '../dependencies.ts';
import { readMany } from '../records.ts';
import { dueOwners } from './gc/due-owners.ts';
import { type ObjectWork, objectWork } from './object-work.ts';
import { listObjects } from './read-objects.ts';
import { RECONCILERS } from './reconcilers.ts';
import { logHeads } from './records.ts';

/** Objects of a cluster that are not as they should be; one that nobody uses Kubernetes in costs one small read. */
export async function dueObjects(deps: Dependencies, cluster: string): Promise<readonly ObjectWork[]> {
  const collections = [...RECONCILERS].map(([resource, { isDue }]) => ({ cluster, resource, isDue }));
  const heads = await readMany(deps.store, logHeads, collections);
  const used = collections.filter((_, index) => heads[index] !== undefined);
  const due = await Promise.all(
    used.map(async ({ resource, isDue }) => {
      const found = await listObjects(deps, { cluster, resource });
      return found
        .filter(({ value }) => isDue(value, deps.clock.now()) || isCollecting(value))
        .map(({ value }) => {
          const { name, namespace = '' } = value.metadata;
          return objectWork({ cluster, resource, namespace, name }, value);
        });
    }),
  );
  return [...due.flat(), ...(await dueOwners(deps, cluster))];
}
