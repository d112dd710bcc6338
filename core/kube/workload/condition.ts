import type { Json } from '../../json.ts';
import { isObject, type KubeObject, objectAt, timestamp } from '../object.ts';

/** One condition of an object's status, as Kubernetes' workloads have them. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  /** Deployments say when the condition was last confirmed. */
  readonly lastUpdateTime?: string;
  /** Jobs call it so. */
  readonly lastProbeTime?: string;
}

/** The conditions of an object; whatever else somebody wrote there is left out. */
export function conditionsOf(object: KubeObject): readonly Condition[] {
  const { conditions } = objectAt(object['status'] as Json);
  if (!Array.isArray(conditions)) return [];
  return (conditions as readonly Json[]).filter(
    (one) => isObject(one) && typeof one['type'] === 'string',
  ) as unknown as readonly Condition[];
}

export const conditionNamed = (conditions: readonly Condition[], type: string): Condition | undefined =>
  conditions.find((condition) => condition.type === type);

/**
 * The conditions with one of them as said now. It is left as it is while its status and reason stay the same, and it keeps
 * the time of its last transition while its status does.
 */
export function withCondition(
  conditions: readonly Condition[],
  said: Condition & { readonly reason: string },
  now: number,
): readonly Condition[] {
  const before = conditionNamed(conditions, said.type);
  if (before?.status === said.status && before.reason === said.reason) return conditions;
  return replaced(conditions, said, now);
}

/** The same, confirmed anew although nothing may have changed. */
export function replaced(conditions: readonly Condition[], said: Condition, now: number): readonly Condition[] {
  const before = conditionNamed(conditions, said.type);
  const isSame = before?.status === said.status && before.lastTransitionTime !== undefined;
  const lastTransitionTime = isSame ? before.lastTransitionTime : timestamp(now);
  const after = { ...said, ...(lastTransitionTime !== undefined && { lastTransitionTime }) };
  return [...without(conditions, said.type), after];
}

export const without = (conditions: readonly Condition[], type: string): readonly Condition[] =>
  conditions.filter((condition) => condition.type !== type);
