import type { Json } from '../../json.ts';
import { type KubeObject, objectAt, timeOf } from '../object.ts';
import { numberOr } from '../replica-set/replica-set.ts';
import type { LabelSelector } from '../selector/label-selector.ts';
import { selectorOf } from '../selector/selector-object.ts';
import { fillTemplate, type PodTemplate } from '../workload/pod-template.ts';
import { readIndexes } from './indexes.ts';

/** Keeps a pod of a Job until its end is counted. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';
export const INDEX_LABEL = 'batch.kubernetes.io/job-completion-index';
export const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name';

/** What a Job (batch/v1) asks for, read from an object that was checked when it was stored. */
export interface JobSpec {
  readonly parallelism: number;
  /** Absent: the first success ends the work, and nothing more begins. */
  readonly completions?: number;
  readonly isIndexed: boolean;
  readonly isSuspended: boolean;
  readonly backoffLimit: number;
  readonly deadlineMs?: number;
  readonly ttlMs?: number;
  /** Pods that go are replaced only when they are gone, and count as failed only when they failed. */
  readonly waitsForEnds: boolean;
  readonly selector: LabelSelector | undefined;
  readonly template: PodTemplate;
}

export function jobSpec(job: KubeObject): JobSpec {
  const spec = objectAt(job['spec'] as Json);
  const { completions, activeDeadlineSeconds: deadline, ttlSecondsAfterFinished: ttl } = spec;
  return {
    parallelism: numberOr(spec['parallelism'], 1),
    ...(typeof completions === 'number' && { completions }),
    isIndexed: spec['completionMode'] === 'Indexed',
    isSuspended: spec['suspend'] === true,
    backoffLimit: numberOr(spec['backoffLimit'], 6),
    ...(typeof deadline === 'number' && { deadlineMs: deadline * 1_000 }),
    ...(typeof ttl === 'number' && { ttlMs: ttl * 1_000 }),
    waitsForEnds: spec['podReplacementPolicy'] === 'Failed',
    selector: selectorOf(spec['selector']),
    template: fillTemplate(spec['template']),
  };
}

/** What a Job has counted. */
export interface JobTally {
  readonly succeeded: number;
  readonly failed: number;
  /** Indexes that succeeded; empty for one that is not indexed. */
  readonly completed: ReadonlySet<number>;
  /** Epoch ms. */
  readonly startedAt?: number;
}

export function jobTally(job: KubeObject): JobTally {
  const status = objectAt(job['status'] as Json);
  const startedAt = timeOf(status['startTime']);
  return {
    succeeded: numberOr(status['succeeded'], 0),
    failed: numberOr(status['failed'], 0),
    completed: readIndexes(status['completedIndexes']),
    ...(!Number.isNaN(startedAt) && { startedAt }),
  };
}

export const isTracked = ({ metadata }: KubeObject): boolean =>
  metadata.finalizers?.includes(TRACKING_FINALIZER) === true;

/** The pod, its end counted. */
export const untracked = (pod: KubeObject): KubeObject => ({
  ...pod,
  metadata: {
    ...pod.metadata,
    finalizers: pod.metadata.finalizers?.filter((name) => name !== TRACKING_FINALIZER) ?? [],
  },
});

/** Which of an indexed Job's completions a pod is for. */
export function indexOf({ metadata }: KubeObject): number | undefined {
  const text = metadata.annotations?.[INDEX_LABEL] ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
