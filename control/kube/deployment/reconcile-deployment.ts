import { planDeployment } from '#core/kube/deployment/plan-deployment.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { controllerOf } from '#core/kube/workload/owner.ts';
import { isFinished } from '#core/kube/workload/pod-standing.ts';
import type { Dependencies } from '../../dependencies.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { findObject, listObjects } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';
import type { ObjectId } from '../records.ts';
import { applyDeploymentPlan } from './apply-deployment-plan.ts';

/** Keeps the ReplicaSets a Deployment asks for, and leads it from one template to the next. */
export const deploymentReconciler: ObjectReconciler = {
  isDue: (deployment, now, nearby) => {
    const sets = nearby.filter(({ kind }) => kind === 'ReplicaSet');
    // Whether old pods are left is for the worker to read: a Deployment that waits for that is looked at.
    const plan = planDeployment({ deployment, sets, hasPods: () => false }, now);
    return plan.actions.length > 0 || plan.deployment !== deployment || (plan.lookAgainAt ?? now + 1) <= now;
  },
  reconcile: (deps, id) => untilCommitted(`Deployment ${id.name}`, () => step(deps, id)),
};

async function step(deps: Dependencies, id: ObjectId): Promise<number | undefined | typeof CONFLICT> {
  const before = await findObject(deps, id);
  if (!before) return undefined;
  const { cluster, namespace } = id;
  const inNamespace = { namespace, labels: [], fields: [] };
  const sets = await listObjects(deps, { cluster, resource: 'replicasets.apps' }, inNamespace);
  const snapshot = { deployment: before.value, sets: sets.map(({ value }) => value) };
  const now = deps.clock.now();
  // Pods are read only when the plan asks for them: most never do.
  let isAsked = false;
  const asking = () => {
    isAsked = true;
    return true;
  };
  let plan = planDeployment({ ...snapshot, hasPods: asking }, now);
  if (isAsked) {
    const pods = await listObjects(deps, { cluster, resource: 'pods' }, inNamespace);
    const running = pods.map(({ value }) => value).filter((pod) => !isFinished(pod));
    plan = planDeployment({ ...snapshot, hasPods: (old) => old.some((set) => hasPod(running, set)) }, now);
  }
  const isApplied = await applyDeploymentPlan(deps, { id, before, sets, plan });
  return isApplied ? plan.lookAgainAt : CONFLICT;
}

const hasPod = (pods: readonly KubeObject[], { metadata }: KubeObject): boolean =>
  pods.some((pod) => controllerOf(pod)?.uid === metadata.uid);
