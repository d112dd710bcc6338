import type { Json } from '../../json.ts';
import type { ServiceLimits } from '../../service/limits.ts';
import { countOf } from '../disruption-budget/count-or-share.ts';
import { type KubeObject, objectAt } from '../object.ts';
import { numberOr } from '../replica-set/replica-set.ts';
import type { LabelSelector } from '../selector/label-selector.ts';
import { selectorOf } from '../selector/selector-object.ts';
import { fillTemplate, type PodTemplate } from '../workload/pod-template.ts';

/** Kubernetes' way to say that there is no deadline, or that every revision is kept. */
const NO_LIMIT = 2 ** 31 - 1;

/** What a Deployment (apps/v1) asks for, read from an object that was checked when it was stored. */
export interface DeploymentSpec {
  readonly replicas: number;
  readonly minReadySeconds: number;
  /** Undefined for one that cannot be read: it selects nothing. */
  readonly selector: LabelSelector | undefined;
  readonly template: PodTemplate;
  readonly isRolling: boolean;
  readonly isPaused: boolean;
  /** Old ReplicaSets that are kept to go back to. */
  readonly history: number;
  /** Absent: a rollout may take any time. */
  readonly deadlineMs?: number;
  /** How many pods there may be and how many must be available; the same idea as of an ECS service, rounded as Kubernetes does it. */
  readonly limits: ServiceLimits;
}

export function deploymentSpec(deployment: KubeObject): DeploymentSpec {
  const { replicas, minReadySeconds, selector, template, strategy, ...rest } = objectAt(deployment['spec'] as Json);
  const { type, rollingUpdate } = objectAt(strategy);
  const count = numberOr(replicas, 1);
  const deadline = numberOr(rest['progressDeadlineSeconds'], NO_LIMIT);
  const isRolling = type !== 'Recreate';
  return {
    replicas: count,
    minReadySeconds: numberOr(minReadySeconds, 0),
    selector: selectorOf(selector),
    template: fillTemplate(template),
    isRolling,
    isPaused: rest['paused'] === true,
    history: numberOr(rest['revisionHistoryLimit'], NO_LIMIT),
    ...(deadline < NO_LIMIT && { deadlineMs: deadline * 1_000 }),
    limits: isRolling ? rollingLimits(count, objectAt(rollingUpdate)) : { maximum: count, minimum: count },
  };
}

/** A share rounds towards more pods: what may be missing down, what may be too many up. One of the two must be possible. */
function rollingLimits(
  replicas: number,
  { maxSurge, maxUnavailable }: Readonly<Record<string, unknown>>,
): ServiceLimits {
  const surge = countOf(maxSurge, replicas) ?? 0;
  const missing = countOf(maxUnavailable, replicas, Math.floor) ?? 0;
  const unavailable = surge === 0 && missing === 0 ? 1 : missing;
  return { maximum: replicas + surge, minimum: Math.max(0, replicas - unavailable) };
}
