import type { KubeObject } from '#core/kube/object.ts';
import type { Dependencies } from '../../dependencies.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';
import type { ObjectId } from '../records.ts';
import { emptyNamespace } from './empty-namespace.ts';

/** While something in it is held by finalizers or still ends, nothing tells the namespace when that is over. */
const LOOK_AGAIN_MS = 2_000;

const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** Takes a deleted namespace away once nothing is left in it. */
export const namespaceReconciler: ObjectReconciler = {
  isDue: isGoing,
  async reconcile(deps: Dependencies, id: ObjectId): Promise<number | undefined> {
    const found = await findObject(deps, id);
    if (!found || !isGoing(found.value)) return undefined;
    const isGone = await emptyNamespace(deps, id.cluster, id.name);
    return isGone ? undefined : deps.clock.now() + LOOK_AGAIN_MS;
  },
};
