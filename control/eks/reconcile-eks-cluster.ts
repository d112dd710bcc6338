import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import { resourceName } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import type { EksCluster } from '#core/model/eks-cluster.ts';
import { deleteCluster } from '../clusters/delete-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { deleteObject } from '../kube/delete-object.ts';
import { listObjects } from '../kube/read-objects.ts';
import type { ObjectReconciler } from '../kube/reconcilers.ts';
import type { ObjectId } from '../kube/records.ts';
import { seedKubernetes } from '../kube/seed-kubernetes.ts';
import { put, read, remove, type Versioned } from '../records.ts';
import { readProfiles } from './read-profiles.ts';
import { eksClusters, fargateProfiles } from './records.ts';

const LOOK_AGAIN_MS = 2_000;

/** Gives a new cluster what every Kubernetes cluster begins with, and takes a deleted one away with all its objects. */
export const eksClusterReconciler: ObjectReconciler = {
  // It is in no collection; `dueEks` finds it.
  isDue: () => false,
  async reconcile(deps: Dependencies, { cluster }: ObjectId): Promise<number | undefined> {
    const found = await read(deps.store, eksClusters, cluster);
    if (!found) return undefined;
    const { status } = found.value;
    switch (status) {
      case 'ACTIVE':
        return undefined;
      case 'CREATING':
        return activate(deps, found);
      case 'DELETING':
        return takeAway(deps, found);
      default:
        return assertNever(status);
    }
  },
};

async function activate(deps: Dependencies, { value, version }: Versioned<EksCluster>): Promise<number | undefined> {
  // Profiles of an earlier cluster of that name, which the ECS face deleted, are nobody's.
  for (const old of await readProfiles(deps, value.name)) {
    if (old.value.createdAt >= value.createdAt) continue;
    const id = { cluster: value.name, profile: old.value.name };
    await deps.store.transact([remove(fargateProfiles, id, old.version)]);
  }
  await seedKubernetes(deps, value.name);
  const outcome = await deps.store.transact([put(eksClusters, value.name, { ...value, status: 'ACTIVE' }, version)]);
  return outcome.kind === 'committed' ? undefined : deps.clock.now() + LOOK_AGAIN_MS;
}

async function takeAway(deps: Dependencies, { value, version }: Versioned<EksCluster>): Promise<number | undefined> {
  if (!(await isEmptied(deps, value.name))) return deps.clock.now() + LOOK_AGAIN_MS;
  if (value.madeCluster) await removeCluster(deps, value.name);
  const outcome = await deps.store.transact([remove(eksClusters, value.name, version)]);
  return outcome.kind === 'committed' ? undefined : deps.clock.now() + LOOK_AGAIN_MS;
}

/** Deletes every object; those in namespaces go with their namespace. True when none is left. */
async function isEmptied(deps: Dependencies, cluster: string): Promise<boolean> {
  let left = 0;
  for (const resource of RESOURCES) {
    const found = await listObjects(deps, { cluster, resource: resourceName(resource) });
    left += found.length;
    if (resource.isNamespaced) continue;
    for (const { value } of found) {
      if (value.metadata.deletionTimestamp !== undefined) continue;
      await unlessGone(
        deleteObject(deps, { cluster, resource, namespace: '', name: value.metadata.name }, { isDryRun: false }),
      );
    }
  }
  return left === 0;
}

async function unlessGone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'ResourceNotFound')) throw error;
  }
}

const IN_USE: ReadonlySet<string> = new Set([
  'ClusterContainsServices',
  'ClusterContainsTasks',
  'ClusterContainsContainerInstances',
  'ClusterNotFound',
]);

/** A cluster in which there is more than pods stays to the ECS face. */
async function removeCluster(deps: Dependencies, name: string): Promise<void> {
  try {
    await deleteCluster(deps, name);
  } catch (error) {
    if (!(error instanceof Fault && IN_USE.has(error.code))) throw error;
    deps.log.info('the cluster stays after its Kubernetes side', { cluster: name, reason: error.code });
  }
}
