import type { KubeObject } from '#core/kube/object.ts';
import { isSlowSweep } from '#core/kube/slow-sweep.ts';
import type { Dependencies } from '../../dependencies.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';
import type { ObjectId } from '../records.ts';
import { ensureDefaultAccount } from '../service-accounts/reconcile-service-account.ts';
import { emptyNamespace } from './empty-namespace.ts';

/** While something in it is held by finalizers or still ends, nothing tells the namespace when that is over. */
const LOOK_AGAIN_MS = 2_000;

const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** Gives a namespace its default account, and takes a deleted one away once nothing is left in it. */
export const namespaceReconciler: ObjectReconciler = {
  isDue: (namespace, now) => isGoing(namespace) || isSlowSweep(now),
  async reconcile(deps: Dependencies, id: ObjectId): Promise<number | undefined> {
    const found = await findObject(deps, id);
    if (!found) return undefined;
    if (!isGoing(found.value)) {
      await ensureDefaultAccount(deps, id.cluster, id.name);
      return undefined;
    }
    const isGone = await emptyNamespace(deps, id.cluster, id.name);
    return isGone ? undefined : deps.clock.now() + LOOK_AGAIN_MS;
  },
};
