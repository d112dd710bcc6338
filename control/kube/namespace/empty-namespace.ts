import { endingStatus, type Remains } from '#core/kube/namespace/ending-status.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { type KubeResource, resourceName } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Versioned } from '../../records.ts';
import { commitInParts } from '../commit-in-parts.ts';
import { type Commit, commitObjects } from '../commit-objects.ts';
import { namespaceId } from '../create-object.ts';
import { planDeletion } from '../delete-object.ts';
import { findObject, listObjects } from '../read-objects.ts';

/**
 * Deletes what is in a namespace that goes, and then the namespace, unless something in it is held by finalizers or still ends:
 * its status says what. Nothing is made in it meanwhile, for it is marked. Asked again, it goes on where it was. True when the
 * namespace is gone.
 */
export async function emptyNamespace(deps: Dependencies, cluster: string, name: string): Promise<boolean> {
  const objects = new Map<string, number>();
  const finalizers = new Map<string, number>();
  let isWhole = true;
  for (const resource of RESOURCES.filter(({ isNamespaced, view }) => isNamespaced && !view)) {
    const found = await listObjects(
      deps,
      { cluster, resource: resourceName(resource) },
      { namespace: name, labels: [], fields: [] },
    );
    const { commits, staying } = planEnds(deps, cluster, resource, found);
    isWhole = (await commitInParts(deps, commits)) && isWhole;
    for (const { metadata } of staying) {
      count(objects, resourceName(resource));
      for (const finalizer of metadata.finalizers ?? []) count(finalizers, finalizer);
    }
  }
  if (!isWhole) return false;
  if (objects.size > 0) return tellRemains(deps, cluster, name, { objects, finalizers });
  return takeAway(deps, cluster, name);
}

const count = (counts: Map<string, number>, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);

/** The deletions of these objects, and those objects that do not go at once. */
function planEnds(
  deps: Dependencies,
  cluster: string,
  resource: KubeResource,
  found: readonly Versioned<KubeObject>[],
): { readonly commits: readonly Commit[]; readonly staying: readonly KubeObject[] } {
  const plans = found.map((before) => {
    const { name, namespace = '' } = before.value.metadata;
    const id = { cluster, resource: resourceName(resource), namespace, name };
    return { object: before.value, commit: planDeletion(resource, id, before, deps.clock.now()) };
  });
  return {
    commits: plans.flatMap(({ commit }) => (commit ? [commit] : [])),
    staying: plans.filter(({ commit }) => commit?.kind !== 'delete').map(({ object }) => object),
  };
}

async function tellRemains(deps: Dependencies, cluster: string, name: string, remains: Remains): Promise<false> {
  const id = namespaceId(cluster, name);
  const before = await findObject(deps, id);
  if (before?.value.metadata.deletionTimestamp === undefined) return false;
  const status = endingStatus(before.value, remains, deps.clock.now());
  if (isSameValue(status, before.value['status'])) return false;
  // Somebody who changes the namespace meanwhile wakes its worker, which tells it again.
  await commitObjects(deps, [{ kind: 'update', id, before, after: { ...before.value, status } }]);
  return false;
}

async function takeAway(deps: Dependencies, cluster: string, name: string): Promise<boolean> {
  const id = namespaceId(cluster, name);
  const before = await findObject(deps, id);
  if (!before) return true;
  if (before.value.metadata.finalizers?.length || before.value.metadata.deletionTimestamp === undefined) return false;
  return (await commitObjects(deps, [{ kind: 'delete', id, before }])).kind === 'committed';
}
