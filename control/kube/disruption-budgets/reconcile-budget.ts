import { Fault } from '#core/fault.ts';
import { coversPod } from '#core/kube/disruption-budget/budget-status.ts';
import { budgetStatus, EVICTION_MEMORY_MS } from '#core/kube/disruption-budget/budget-update.ts';
import type { KubeObject, RawObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import { isSlowSweep } from '#core/kube/slow-sweep.ts';
import type { Dependencies } from '../../dependencies.ts';
import { findObject, listObjects } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';
import type { ObjectId } from '../records.ts';
import { updateObject } from '../update-object.ts';
import { scaleOf } from './scale-of.ts';

/** Keeps the counts of a disruption budget as its pods are. */
export const budgetReconciler: ObjectReconciler = {
  isDue: (_budget, now) => isSlowSweep(now),
  async reconcile(deps: Dependencies, id: ObjectId): Promise<number | undefined> {
    const found = await findObject(deps, id);
    if (!found || found.value.metadata.deletionTimestamp !== undefined) return undefined;
    const { cluster, namespace, name } = id;
    const read = await listObjects(deps, { cluster, resource: 'pods' }, { namespace, labels: [], fields: [] });
    const pods = read.map(({ value }) => value);
    const scale = await scaleOf(
      deps,
      id,
      pods.filter((pod) => coversPod(found.value, pod)),
    );
    const now = deps.clock.now();
    const statusOf = (budget: KubeObject) => budgetStatus(budget, pods, { scale, now });
    const status = statusOf(found.value);
    if (!isSameValue(found.value['status'], status)) {
      const resource = resourceNamed('poddisruptionbudgets.policy');
      const target = { cluster, resource, namespace, name, subresource: 'status' };
      const change = (before: KubeObject): RawObject =>
        ({ ...before, status: statusOf(before) }) as unknown as RawObject;
      await unlessGone(updateObject(deps, target, change, { isDryRun: false }));
    }
    return status['disruptedPods'] === undefined ? undefined : now + EVICTION_MEMORY_MS;
  },
};

async function unlessGone(written: Promise<unknown>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'ResourceNotFound')) throw error;
  }
}
