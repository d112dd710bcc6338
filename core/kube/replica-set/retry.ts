import type { KubeObject } from '../object.ts';
import { timeOf } from '../object.ts';
import { finishedAt, phaseOf, readySince } from '../workload/pod-standing.ts';

/** Annotation of a pod that takes the place of one that failed soon: how many did so in a row before it. */
export const FAILURES_ANNOTATION = 'berth.dev/failures-before';

/** A pod that lived as long as this has not failed at its start. */
const EARLY_MS = 600_000;
/** Older failures are forgotten. */
const MEMORY_MS = 3_600_000;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 300_000;
/** Failed pods that are kept to be looked at; Kubernetes keeps thousands. */
const KEPT_FAILURES = 10;

export interface Retry {
  /** How many pods failed soon, one in the place of the other. */
  readonly failures: number;
  /** No pod is made before then (epoch ms). */
  readonly at: number;
}

/** Whether pods failed soon after they were made, and when others may take their place: 10 s later, doubling to 300 s. */
export function retryOf(pods: readonly KubeObject[], now: number): Retry | undefined {
  const early = pods.filter((pod) => isEarlyFailure(pod, now));
  if (early.length === 0) return undefined;
  const failures = 1 + Math.max(...early.map(failuresBefore));
  const delay = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
  return { failures, at: Math.max(...early.map(finishedAt)) + delay };
}

function isEarlyFailure(pod: KubeObject, now: number): boolean {
  if (phaseOf(pod) !== 'Failed') return false;
  const end = finishedAt(pod);
  return end - timeOf(pod.metadata.creationTimestamp) < EARLY_MS && now - end < MEMORY_MS;
}

function failuresBefore({ metadata }: KubeObject): number {
  const text = metadata.annotations?.[FAILURES_ANNOTATION] ?? '';
  return /^\d{1,4}$/.test(text) ? Number(text) : 0;
}

/**
 * How many pods may be made at once. While pods fail soon there are never more that are not ready yet than are ready, or one:
 * a mistake costs one pod and not all of them, and what works again is soon whole.
 */
export function roomFor(missing: number, active: readonly KubeObject[], retry: Retry | undefined): number {
  if (!retry) return missing;
  const ready = active.filter((pod) => readySince(pod) !== undefined).length;
  return Math.max(0, Math.min(missing, Math.max(1, ready) - (active.length - ready)));
}

/** Pods that have ended and that nobody needs to look at any more: all but the newest. */
export function spentPods(ended: readonly KubeObject[]): readonly KubeObject[] {
  return [...ended]
    .sort((a, b) => finishedAt(b) - finishedAt(a) || (a.metadata.name < b.metadata.name ? -1 : 1))
    .slice(KEPT_FAILURES);
}
