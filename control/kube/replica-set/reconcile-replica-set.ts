import type { KubeObject } from '#core/kube/object.ts';
import { planReplicaSet } from '#core/kube/replica-set/plan-replica-set.ts';
import type { Dependencies } from '../../dependencies.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { commitObjects } from '../commit-objects.ts';
import { objectWork } from '../object-work.ts';
import { findObject, listObjects } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';
import type { ObjectId } from '../records.ts';
import { applyPodMoves } from './apply-pod-moves.ts';

/** Keeps the number of pods a ReplicaSet asks for. */
export const replicaSetReconciler: ObjectReconciler = {
  isDue: (set, now, nearby) => {
    const pods = nearby.filter(({ kind }) => kind === 'Pod');
    const { moves, status, lookAgainAt = Number.POSITIVE_INFINITY } = planReplicaSet(set, pods, now);
    return moves.length > 0 || status !== undefined || lookAgainAt <= now;
  },
  reconcile: (deps, id) => untilCommitted(`ReplicaSet ${id.name}`, (attempt) => step(deps, id, attempt)),
};

/**
 * Invariant: every transaction that makes or deletes pods also puts the ReplicaSet, on the condition that it stands as it was read
 * before the pods were. So of workers that race only one makes what is missing; the others read again.
 */
async function step(deps: Dependencies, id: ObjectId, attempt: number): Promise<number | undefined | typeof CONFLICT> {
  const before = await findObject(deps, id);
  if (!before) return undefined;
  const { cluster, namespace } = id;
  const pods = await listObjects(deps, { cluster, resource: 'pods' }, { namespace, labels: [], fields: [] });
  const plan = planReplicaSet(
    before.value,
    pods.map(({ value }) => value),
    deps.clock.now(),
  );
  if (plan.moves.length > 0) {
    const outcome = await applyPodMoves(deps, { id, before, pods, plan, attempt });
    return outcome.kind === 'conflict' ? CONFLICT : (outcome.lookAgainAt ?? plan.lookAgainAt);
  }
  if (plan.status) {
    const after = { ...before.value, status: plan.status };
    const { kind } = await commitObjects(deps, [{ kind: 'update', id, before, after }]);
    if (kind === 'conflict') return CONFLICT;
  }
  if (plan.isDrained) await wakeController(deps, id, before.value);
  return plan.lookAgainAt;
}

/** Pods that end are no change of the ReplicaSet, so its controller would not hear of the last of them. */
async function wakeController(deps: Dependencies, { cluster, namespace }: ObjectId, set: KubeObject): Promise<void> {
  const { owner } = objectWork({ cluster, namespace, resource: 'replicasets.apps', name: set.metadata.name }, set);
  if (owner) await deps.queue.send([{ work: objectWork({ cluster, namespace, ...owner }) }]);
}
