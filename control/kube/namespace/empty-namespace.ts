import { Fault } from '#core/fault.ts';
import { resourceName } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import { commitObjects } from '../commit-objects.ts';
import { namespaceId } from '../create-object.ts';
import { deleteObject } from '../delete-object.ts';
import { findObject, listObjects } from '../read-objects.ts';

/**
 * Deletes what is in a namespace that goes, and then the namespace, unless finalizers hold something in it. Nothing is made in
 * it meanwhile, for it is marked. Asked again, it goes on where it was. True when the namespace is gone.
 */
export async function emptyNamespace(deps: Dependencies, cluster: string, name: string): Promise<boolean> {
  let left = 0;
  for (const resource of RESOURCES.filter(({ isNamespaced, view }) => isNamespaced && !view)) {
    const id = { cluster, resource: resourceName(resource) };
    const found = await listObjects(deps, id, { namespace: name, labels: [], fields: [] });
    for (const { value } of found) {
      const target = { cluster, resource, namespace: name, name: value.metadata.name };
      if (!(await isDeleted(deps, target))) left += 1;
    }
  }
  return left === 0 && takeAway(deps, cluster, name);
}

async function isDeleted(deps: Dependencies, target: Parameters<typeof deleteObject>[1]): Promise<boolean> {
  try {
    return (await deleteObject(deps, target, { isDryRun: false })).isGone;
  } catch (error) {
    // Somebody else was faster.
    if (error instanceof Fault && error.code === 'ResourceNotFound') return true;
    throw error;
  }
}

async function takeAway(deps: Dependencies, cluster: string, name: string): Promise<boolean> {
  const id = namespaceId(cluster, name);
  const before = await findObject(deps, id);
  if (!before) return true;
  if (before.value.metadata.finalizers?.length || before.value.metadata.deletionTimestamp === undefined) return false;
  return (await commitObjects(deps, [{ kind: 'delete', id, before }])).kind === 'committed';
}
