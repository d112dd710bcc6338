import type { Json } from '../../json.ts';
import { isObject, type KubeObject, objectAt } from '../object.ts';
import { matchesLabels } from '../selector/label-selector.ts';
import { selectorOf } from '../selector/selector-object.ts';
import { countOf, isShare } from './count-or-share.ts';

/** What a PodDisruptionBudget (policy/v1) says of its pods. */
export interface BudgetCounts {
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  /** How many healthy pods may be evicted now. */
  readonly disruptionsAllowed: number;
}

const specOf = (budget: KubeObject) => objectAt(budget['spec'] as Json);

/** Whether a budget counts pods by what their controllers ask for, and not those that are there. */
export function countsByScale(budget: KubeObject): boolean {
  const { minAvailable, maxUnavailable } = specOf(budget);
  return (maxUnavailable !== undefined && maxUnavailable !== null) || isShare(minAvailable);
}

/** Whether a budget is about a pod. An empty selector is about all pods of the namespace, none at all about none. */
export function coversPod(budget: KubeObject, pod: KubeObject): boolean {
  const selector = selectorOf(specOf(budget)['selector']);
  return (
    selector !== undefined &&
    budget.metadata.namespace === pod.metadata.namespace &&
    matchesLabels(selector, pod.metadata.labels)
  );
}

/** True for a pod that serves: it is ready and does not go. */
export function isHealthy({ metadata, status }: KubeObject): boolean {
  const conditions = objectAt(status as Json)['conditions'];
  return (
    metadata.deletionTimestamp === undefined &&
    Array.isArray(conditions) &&
    conditions.some((one) => isObject(one) && one['type'] === 'Ready' && one['status'] === 'True')
  );
}

/**
 * The counts of a budget over the pods of its namespace. `scale` is what the pods' controllers ask for together; absent: as the
 * budget's status has it, and before it has one as many as are there.
 */
export function budgetCounts(budget: KubeObject, pods: readonly KubeObject[], scale?: number): BudgetCounts {
  const covered = pods.filter((pod) => coversPod(budget, pod));
  const status = objectAt(budget['status'] as Json);
  const evicted = objectAt(status['disruptedPods']);
  const currentHealthy = covered.filter((pod) => isHealthy(pod) && !Object.hasOwn(evicted, pod.metadata.name)).length;
  const known = typeof status['expectedPods'] === 'number' ? status['expectedPods'] : covered.length;
  const expectedPods = countsByScale(budget) ? (scale ?? known) : covered.length;
  const desiredHealthy = desiredOf(budget, expectedPods);
  const spare = Math.max(0, currentHealthy - desiredHealthy);
  return { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed: expectedPods > 0 ? spare : 0 };
}

function desiredOf(budget: KubeObject, expectedPods: number): number {
  const { minAvailable, maxUnavailable } = specOf(budget);
  const missing = countOf(maxUnavailable, expectedPods);
  if (missing !== undefined) return Math.max(0, expectedPods - missing);
  // A budget that asks for nothing keeps one pod, as Kubernetes' own default is.
  return countOf(minAvailable, expectedPods) ?? 1;
}

/** How many of a budget's healthy pods may be evicted now; `pods` are those of its namespace, read afresh. */
export const disruptionsAllowed = (budget: KubeObject, pods: readonly KubeObject[]): number =>
  budgetCounts(budget, pods).disruptionsAllowed;
