import type { JsonObject } from '../../json.ts';
import type { KubeObject } from '../object.ts';
import { matchesLabels } from '../selector/label-selector.ts';
import { labelsSelector } from '../selector/selector-object.ts';
import { type Condition, conditionNamed, conditionsOf, withCondition, without } from '../workload/condition.ts';
import { availableFrom } from '../workload/pod-standing.ts';
import { labelsOf } from '../workload/pod-template.ts';
import { replicaSetSpec } from './replica-set.ts';

/** Why pods could not be made. */
export interface ReplicaFailure {
  readonly reason: 'FailedCreate';
  readonly message: string;
}

/** The failure its status tells of; it is told until the pods are there. */
export function failureOf(set: KubeObject): ReplicaFailure | undefined {
  const said = conditionNamed(conditionsOf(set), 'ReplicaFailure');
  return said && { reason: 'FailedCreate', message: String(said.message ?? '') };
}

/** The status of a ReplicaSet over its active pods; counters that are zero are left out, as Kubernetes does it. */
export function replicaSetStatus(
  set: KubeObject,
  active: readonly KubeObject[],
  now: number,
  failure?: ReplicaFailure,
): JsonObject {
  const { minReadySeconds, template } = replicaSetSpec(set);
  const labels = labelsSelector(labelsOf(template));
  const from = active.map((pod) => availableFrom(pod, minReadySeconds));
  const counts = {
    fullyLabeledReplicas: active.filter(({ metadata }) => matchesLabels(labels, metadata.labels)).length,
    readyReplicas: from.filter((at) => at !== undefined).length,
    availableReplicas: from.filter((at) => at !== undefined && at <= now).length,
    observedGeneration: set.metadata.generation ?? 0,
  };
  const conditions = conditionsWith(set, failure, now);
  return {
    replicas: active.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(conditions.length > 0 && { conditions: conditions as unknown as JsonObject[] }),
  };
}

function conditionsWith(set: KubeObject, failure: ReplicaFailure | undefined, now: number): readonly Condition[] {
  const before = conditionsOf(set);
  if (!failure) return without(before, 'ReplicaFailure');
  return withCondition(before, { type: 'ReplicaFailure', status: 'True', ...failure }, now);
}
