import type { Json, JsonObject } from '../../json.ts';
import { type KubeObject, objectAt, timestamp } from '../object.ts';
import { coversPod, isHealthy } from './budget-status.ts';
import { budgetStatus } from './budget-update.ts';

/** What an eviction comes to under the budgets of its namespace. */
export type EvictionVerdict =
  | { readonly kind: 'allowed' }
  /** Allowed, and the budget remembers it: this is its status from now on. */
  | { readonly kind: 'counted'; readonly budget: string; readonly status: JsonObject }
  | { readonly kind: 'refused'; readonly message: string; readonly cause?: string };

interface EvictionFacts {
  readonly pod: KubeObject;
  /** The budget that is about the pod; several are a mistake that Kubernetes refuses. */
  readonly budgets: readonly KubeObject[];
  /** All pods of the namespace. */
  readonly pods: readonly KubeObject[];
  /** What the controllers of the budget's pods ask for together. */
  readonly scale: number;
  readonly now: number;
}

/** Whether a pod serves nobody, so that no budget is asked: it has not begun, is over or goes already. */
export function isFree({ metadata, status }: KubeObject): boolean {
  const { phase } = objectAt(status as Json);
  return metadata.deletionTimestamp !== undefined || phase !== 'Running';
}

/** Decides about the eviction of a pod that runs. */
export function judgeEviction({ pod, budgets, pods, scale, now }: EvictionFacts): EvictionVerdict {
  const [budget, ...others] = budgets.filter((one) => coversPod(one, pod));
  if (!budget) return { kind: 'allowed' };
  if (others.length > 0) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    return { kind: 'refused', message };
  }
  const { name } = budget.metadata;
  const status = budgetStatus(budget, pods, { scale, now });
  const [allowed, healthy, wanted] = [status['disruptionsAllowed'], status['currentHealthy'], status['desiredHealthy']];
  if (!isHealthy(pod) && mayGoUnhealthy(budget, Number(healthy) >= Number(wanted))) return { kind: 'allowed' };
  if (Number(allowed) <= 0) {
    return {
      kind: 'refused',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      cause: `The disruption budget ${name} needs ${Number(wanted)} healthy pods and has ${Number(healthy)} currently`,
    };
  }
  const disruptedPods = { ...objectAt(status['disruptedPods']), [pod.metadata.name]: timestamp(now) };
  const evicted = { ...budget, status: { ...status, disruptedPods } };
  return { kind: 'counted', budget: name, status: budgetStatus(evicted, pods, { scale, now }) };
}

/** A pod that is not ready costs the budget nothing: it may go where the healthy ones are enough, or always. */
const mayGoUnhealthy = (budget: KubeObject, isEnough: boolean): boolean =>
  objectAt(budget['spec'] as Json)['unhealthyPodEvictionPolicy'] === 'AlwaysAllow' || isEnough;
