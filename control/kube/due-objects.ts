import { isCollecting } from '#core/kube/gc/propagation.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { controllerOf } from '#core/kube/workload/owner.ts';
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
  const found = await Promise.all(
    used.map(async (collection) =>
      (await listObjects(deps, collection)).map(({ value: object }) => ({ ...collection, object })),
    ),
  );
  const all = found.flat();
  const nearby = neighbourhoods(all.map(({ object }) => object));
  const now = deps.clock.now();
  const due = all
    .filter(({ object, isDue }) => isDue(object, now, nearby(object)) || isCollecting(object))
    .map(({ resource, object }) => {
      const { name, namespace = '' } = object.metadata;
      return objectWork({ cluster, resource, namespace, name }, object);
    });
  return [...due, ...(await dueOwners(deps, cluster))];
}

/** For each object those it controls, and those of its namespace that nobody does. */
function neighbourhoods(objects: readonly KubeObject[]): (object: KubeObject) => readonly KubeObject[] {
  const placeOf = (object: KubeObject): string =>
    controllerOf(object)?.uid ?? `namespace ${object.metadata.namespace ?? ''}`;
  const groups = Map.groupBy(objects, placeOf);
  return ({ metadata }) => [
    ...(groups.get(metadata.uid) ?? []),
    ...(groups.get(`namespace ${metadata.namespace ?? ''}`) ?? []),
  ];
}
