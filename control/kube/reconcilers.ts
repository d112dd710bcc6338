import type { KubeObject } from '#core/kube/object.ts';
import type { Dependencies } from '../dependencies.ts';
import { CLUSTER_RESOURCE, PROFILE_RESOURCE } from '../eks/eks-work.ts';
import { eksClusterReconciler } from '../eks/reconcile-eks-cluster.ts';
import { profileReconciler } from '../eks/reconcile-profile.ts';
import { deploymentReconciler } from './deployment/reconcile-deployment.ts';
import { budgetReconciler } from './disruption-budgets/reconcile-budget.ts';
import { jobReconciler } from './job/reconcile-job.ts';
import { namespaceReconciler } from './namespace/reconcile-namespace.ts';
import { podReconciler } from './pod/reconcile-pod.ts';
import type { ObjectId } from './records.ts';
import { replicaSetReconciler } from './replica-set/reconcile-replica-set.ts';
import { serviceAccountReconciler } from './service-accounts/reconcile-service-account.ts';
import { serviceReconciler } from './services/reconcile-service.ts';

/** Brings the objects of one resource closer to what they ask for. Level-triggered: it reads everything it decides on. */
export interface ObjectReconciler {
  /**
   * Asked after every change of the object, after its deletion, and by the sweep. Answers when to look again (epoch ms);
   * undefined: when something changes. An object that is as it should be costs no write.
   */
  readonly reconcile: (deps: Dependencies, id: ObjectId) => Promise<number | undefined>;
  /**
   * Whether the sweep must have the object looked at, in case an event was lost; pure. `nearby` are objects that are
   * reconciled, too: those it controls, and those of its namespace that nobody does.
   */
  readonly isDue: (object: KubeObject, now: number, nearby: readonly KubeObject[]) => boolean;
}

/** Who looks after what, by the resource's name; the resource table says of those of Kubernetes that they are reconciled. */
export const RECONCILERS: ReadonlyMap<string, ObjectReconciler> = new Map([
  ['deployments.apps', deploymentReconciler],
  ['jobs.batch', jobReconciler],
  ['namespaces', namespaceReconciler],
  ['poddisruptionbudgets.policy', budgetReconciler],
  ['pods', podReconciler],
  ['replicasets.apps', replicaSetReconciler],
  ['serviceaccounts', serviceAccountReconciler],
  ['services', serviceReconciler],
  [CLUSTER_RESOURCE, eksClusterReconciler],
  [PROFILE_RESOURCE, profileReconciler],
]);
