import type { Json } from '../../json.ts';
import { type KubeObject, objectAt } from '../object.ts';
import type { LabelSelector } from '../selector/label-selector.ts';
import { selectorOf } from '../selector/selector-object.ts';
import { fillTemplate, type PodTemplate } from '../workload/pod-template.ts';

/** What a ReplicaSet (apps/v1) asks for, read from an object that was checked when it was stored. */
export interface ReplicaSetSpec {
  readonly replicas: number;
  readonly minReadySeconds: number;
  /** Undefined for one that cannot be read: it selects nothing. */
  readonly selector: LabelSelector | undefined;
  readonly template: PodTemplate;
}

export function replicaSetSpec(set: KubeObject): ReplicaSetSpec {
  const { replicas, minReadySeconds, selector, template } = objectAt(set['spec'] as Json);
  return {
    replicas: numberOr(replicas, 1),
    minReadySeconds: numberOr(minReadySeconds, 0),
    selector: selectorOf(selector),
    template: fillTemplate(template),
  };
}

/** What a ReplicaSet says of its pods. Counters somebody else wrote as something else count as zero. */
export interface ReplicaSetCounts {
  readonly replicas: number;
  readonly fullyLabeledReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly observedGeneration: number;
}

export function replicaSetCounts(set: KubeObject): ReplicaSetCounts {
  const status = objectAt(set['status'] as Json);
  return {
    replicas: numberOr(status['replicas'], 0),
    fullyLabeledReplicas: numberOr(status['fullyLabeledReplicas'], 0),
    readyReplicas: numberOr(status['readyReplicas'], 0),
    availableReplicas: numberOr(status['availableReplicas'], 0),
    observedGeneration: numberOr(status['observedGeneration'], 0),
  };
}

export const numberOr = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
