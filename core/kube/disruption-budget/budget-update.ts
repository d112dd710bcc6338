import type { Json, JsonObject } from '../../json.ts';
import { isObject, type KubeObject, objectAt, timeOf, timestamp } from '../object.ts';
import { isSameValue } from '../same-value.ts';
import { budgetCounts, coversPod } from './budget-status.ts';

/** How long an evicted pod that does not go counts as gone. */
export const EVICTION_MEMORY_MS = 120_000;

/** The status a budget should have, over the pods of its namespace; `scale` is what their controllers ask for together. */
export function budgetStatus(
  budget: KubeObject,
  pods: readonly KubeObject[],
  { scale, now }: { readonly scale: number; readonly now: number },
): JsonObject {
  const before = objectAt(budget['status'] as Json);
  const disruptedPods = stillGoing(budget, pods, now);
  const counts = budgetCounts({ ...budget, status: { ...before, disruptedPods } }, pods, scale);
  const { disruptedPods: _gone, ...kept } = before;
  return {
    ...kept,
    ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
    ...counts,
    observedGeneration: budget.metadata.generation ?? 1,
    conditions: withCondition(before['conditions'], counts.disruptionsAllowed > 0, budget, now),
  };
}

/** Evicted pods that are still there and were evicted not long ago: their eviction may not be seen in them yet. */
function stillGoing(budget: KubeObject, pods: readonly KubeObject[], now: number): JsonObject {
  const evicted = Object.entries(objectAt(objectAt(budget['status'] as Json)['disruptedPods']));
  const there = new Set(
    pods
      .filter((pod) => coversPod(budget, pod) && pod.metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name),
  );
  return Object.fromEntries(evicted.filter(([name, at]) => there.has(name) && timeOf(at) + EVICTION_MEMORY_MS > now));
}

const ALLOWED = 'DisruptionAllowed';

function withCondition(
  conditions: Json | undefined,
  isAllowed: boolean,
  budget: KubeObject,
  now: number,
): readonly Json[] {
  const list = Array.isArray(conditions) ? conditions : [];
  const before = list.find((one) => isObject(one) && one['type'] === ALLOWED);
  const wanted = {
    type: ALLOWED,
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation ?? 1,
  };
  const { lastTransitionTime = timestamp(now), ...said } = objectAt(before);
  const isSameStatus = said['status'] === wanted.status;
  const after = { ...wanted, lastTransitionTime: isSameStatus ? lastTransitionTime : timestamp(now) };
  if (isSameValue(before, after)) return list;
  return [...list.filter((one) => one !== before), after];
}
