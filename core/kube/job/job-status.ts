import type { Json, JsonObject } from '../../json.ts';
import { type KubeObject, objectAt, timestamp } from '../object.ts';
import { type Condition, conditionNamed, conditionsOf, withCondition } from '../workload/condition.ts';
import { isActive, isFinished, isGoing, readySince, restartsOf } from '../workload/pod-standing.ts';
import { writeIndexes } from './indexes.ts';
import { indexOf, type JobSpec, type JobTally, jobSpec, jobTally } from './job.ts';

/** How one pod of a Job ended. */
export interface Ending {
  readonly pod: KubeObject;
  readonly outcome: 'succeeded' | 'failed';
}

/** What a Job has counted once these ends are. Of an indexed Job an index succeeds once, however often. */
export function counted(job: KubeObject, endings: readonly Ending[]): JobTally {
  const tally = jobTally(job);
  const { isIndexed } = jobSpec(job);
  const successes = endings.filter(({ outcome }) => outcome === 'succeeded').map(({ pod }) => pod);
  const failed = tally.failed + endings.length - successes.length;
  if (!isIndexed) return { ...tally, failed, succeeded: tally.succeeded + successes.length };
  const completed = new Set([...tally.completed, ...successes.map(indexOf).filter((index) => index !== undefined)]);
  return { ...tally, failed, completed, succeeded: completed.size };
}

/** The status of a Job over its pods and what it has counted; counters that are zero are left out. */
export function jobStatus(
  job: KubeObject,
  pods: readonly KubeObject[],
  tally: JobTally,
  conditions: readonly Condition[],
  completedAt?: number,
): JsonObject {
  const active = pods.filter(isActive);
  const counts = {
    active: active.length,
    succeeded: tally.succeeded,
    failed: tally.failed,
  };
  const indexes = writeIndexes(tally.completed);
  const completionTime =
    completedAt === undefined ? objectAt(job['status'] as Json)['completionTime'] : timestamp(completedAt);
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ready: active.filter((pod) => readySince(pod) !== undefined).length,
    terminating: pods.filter((pod) => isGoing(pod) && !isFinished(pod)).length,
    uncountedTerminatedPods: {},
    ...(indexes !== '' && { completedIndexes: indexes }),
    ...(tally.startedAt !== undefined && { startTime: timestamp(tally.startedAt) }),
    ...(completionTime !== undefined && { completionTime }),
    ...(conditions.length > 0 && { conditions: conditions as unknown as JsonObject[] }),
  };
}

/** Why a Job has ended, or is about to while its last pods go. */
export interface Verdict {
  readonly isSuccess: boolean;
  readonly reason: string;
  readonly message: string;
}

const REACHED: Verdict = {
  isSuccess: true,
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

/** What the Job has come to; once said it stays so. */
export function verdictOf(job: KubeObject, spec: JobSpec, tally: JobTally, pods: readonly KubeObject[], now: number) {
  const conditions = conditionsOf(job);
  const said = conditionNamed(conditions, 'SuccessCriteriaMet') ?? conditionNamed(conditions, 'FailureTarget');
  if (said?.status === 'True') {
    const { type, reason = '', message = '' } = said;
    return { isSuccess: type === 'SuccessCriteriaMet', reason, message };
  }
  return failureOf(spec, tally, pods, now) ?? (isReached(spec, tally, pods) ? REACHED : undefined);
}

function isReached({ completions }: JobSpec, { succeeded }: JobTally, pods: readonly KubeObject[]): boolean {
  return completions === undefined ? succeeded > 0 && !pods.some(isActive) : succeeded >= completions;
}

function failureOf(spec: JobSpec, tally: JobTally, pods: readonly KubeObject[], now: number): Verdict | undefined {
  if (tally.failed > spec.backoffLimit || restartsExceed(spec, pods)) {
    const message = 'Job has reached the specified backoff limit';
    return { isSuccess: false, reason: 'BackoffLimitExceeded', message };
  }
  const isLate = deadlineOf(spec, tally) !== undefined && (deadlineOf(spec, tally) ?? 0) <= now;
  if (!isLate || spec.isSuspended) return undefined;
  return { isSuccess: false, reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
}

/** When the Job has been active for too long (epoch ms). */
export const deadlineOf = ({ deadlineMs }: JobSpec, { startedAt }: JobTally): number | undefined =>
  deadlineMs === undefined || startedAt === undefined ? undefined : startedAt + deadlineMs;

/** Containers that are restarted in place count like pods that failed. */
function restartsExceed({ template, backoffLimit }: JobSpec, pods: readonly KubeObject[]): boolean {
  if (objectAt(template['spec'])['restartPolicy'] !== 'OnFailure') return false;
  const restarts = pods.filter(isActive).reduce((sum, pod) => sum + restartsOf(pod), 0);
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

/** The conditions of a Job that has come to this; the last of them stands when none of its pods runs any more. */
export function ended(job: KubeObject, { isSuccess, reason, message }: Verdict, isOver: boolean, now: number) {
  const first = { type: isSuccess ? 'SuccessCriteriaMet' : 'FailureTarget', status: 'True', reason, message } as const;
  const last = { ...first, type: isSuccess ? 'Complete' : 'Failed' };
  const begun = withCondition(conditionsOf(job), probed(first, now), now);
  return isOver ? withCondition(begun, probed(last, now), now) : begun;
}

const probed = <T extends Condition>(condition: T, now: number): T => ({ ...condition, lastProbeTime: timestamp(now) });

/** The conditions of a Job that is held back, or no longer. */
export function suspended(job: KubeObject, isSuspended: boolean, now: number): readonly Condition[] {
  const conditions = conditionsOf(job);
  if (!isSuspended && !conditionNamed(conditions, 'Suspended')) return conditions;
  const said = isSuspended
    ? ({ status: 'True', reason: 'JobSuspended', message: 'Job suspended' } as const)
    : ({ status: 'False', reason: 'JobResumed', message: 'Job resumed' } as const);
  return withCondition(conditions, probed({ type: 'Suspended', ...said }, now), now);
}
