import { isTracked, JOB_NAME_LABEL, untracked } from '#core/kube/job/job.ts';
import { planJob } from '#core/kube/job/plan-job.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { controllerOf } from '#core/kube/workload/owner.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Versioned } from '../../records.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { commitInParts } from '../commit-in-parts.ts';
import { commitObjects } from '../commit-objects.ts';
import { planDeletion, planRelease } from '../delete-object.ts';
import { findObject, listObjects } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';
import type { ObjectId } from '../records.ts';
import { applyJobMoves, tellVerdict } from './apply-job-moves.ts';

/** Runs a Job's pods until enough of them have succeeded or too many failed. */
export const jobReconciler: ObjectReconciler = {
  isDue: (job, now, nearby) => {
    const pods = nearby.filter(({ kind }) => kind === 'Pod');
    const plan = planJob(job, pods, now);
    return (
      plan.moves.length > 0 || plan.status !== undefined || plan.isOutlived || (plan.lookAgainAt ?? now + 1) <= now
    );
  },
  reconcile: (deps, id) => untilCommitted(`Job ${id.name}`, (attempt) => step(deps, id, attempt)),
};

/**
 * Invariant: every transaction that makes, deletes or counts pods also puts the Job, on the condition that it stands as it was read
 * before the pods were. So workers that race make nothing twice, and an end is counted in the transaction that lets its pod go.
 */
async function step(deps: Dependencies, id: ObjectId, attempt: number): Promise<number | undefined | typeof CONFLICT> {
  const before = await findObject(deps, id);
  const { cluster, namespace } = id;
  const pods = await listObjects(deps, { cluster, resource: 'pods' }, { namespace, labels: [], fields: [] });
  if (!(await freeStrays(deps, id, pods, before?.value.metadata.uid))) return CONFLICT;
  if (!before) return undefined;
  const plan = planJob(
    before.value,
    pods.map(({ value }) => value),
    deps.clock.now(),
  );
  if (plan.isOutlived && plan.moves.length === 0) return (await expire(deps, id, before)) ? undefined : CONFLICT;
  if (plan.moves.length > 0) {
    const outcome = await applyJobMoves(deps, { id, before, pods, plan, attempt });
    if (outcome.kind === 'conflict') return CONFLICT;
    // What was counted or taken over decides what comes next, so that is read at once.
    return outcome.kind === 'again' ? CONFLICT : (outcome.lookAgainAt ?? plan.lookAgainAt);
  }
  if (plan.status) {
    const after = { ...before.value, status: plan.status };
    const { kind } = await commitObjects(deps, [{ kind: 'update', id, before, after }]);
    if (kind === 'conflict') return CONFLICT;
    if (plan.verdict) await tellVerdict(deps, cluster, after, plan.verdict);
  }
  return plan.lookAgainAt;
}

/** Pods of a Job of this name that is gone, or that has let them go, wait for nobody's count any more. */
function freeStrays(
  deps: Dependencies,
  id: ObjectId,
  pods: readonly Versioned<KubeObject>[],
  uid: string | undefined,
): Promise<boolean> {
  // A living Job takes over pods that nobody controls; those of another Job of its name nobody counts any more.
  const isStray = (pod: KubeObject): boolean =>
    uid === undefined || (controllerOf(pod) !== undefined && controllerOf(pod)?.uid !== uid);
  const strays = pods.filter(
    ({ value }) => isTracked(value) && value.metadata.labels?.[JOB_NAME_LABEL] === id.name && isStray(value),
  );
  const commits = strays.map((before) => {
    const podId = { ...id, resource: 'pods', name: before.value.metadata.name };
    return planRelease(resourceNamed('pods'), podId, before, untracked(before.value));
  });
  return commitInParts(deps, commits);
}

/** It goes after what it owns, as Kubernetes has it. */
async function expire(deps: Dependencies, id: ObjectId, before: Versioned<KubeObject>): Promise<boolean> {
  const manner = { propagation: 'Foreground' } as const;
  const commit = planDeletion(resourceNamed('jobs.batch'), id, before, deps.clock.now(), manner);
  return commit === undefined || (await commitObjects(deps, [commit])).kind === 'committed';
}
