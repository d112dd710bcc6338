import type { JsonObject } from '../../json.ts';
import { type KubeObject, timeOf } from '../object.ts';
import { scaleInOrder } from '../replica-set/scale-in-order.ts';
import { isSameValue } from '../same-value.ts';
import { conditionNamed, conditionsOf } from '../workload/condition.ts';
import { claim } from '../workload/owner.ts';
import { finishedAt, isActive, isFinished, isGoing, phaseOf } from '../workload/pod-standing.ts';
import { indexOf, isTracked, type JobSpec, type JobTally, jobSpec, jobTally } from './job.ts';
import { deadlineOf, type Ending, ended, jobStatus, suspended, type Verdict, verdictOf } from './job-status.ts';

/** One change of a pod that brings a Job further. */
export type JobMove =
  /** Its end is counted, and no longer holds it. */
  | ({ readonly kind: 'count' } & Ending)
  /** It no longer counts for anything: nothing of the Job holds it. */
  | { readonly kind: 'free'; readonly pod: KubeObject }
  | { readonly kind: 'adopt'; readonly pod: KubeObject }
  | { readonly kind: 'release'; readonly pod: KubeObject }
  /** `index`: for which completion of an indexed Job. */
  | { readonly kind: 'create'; readonly index?: number }
  | { readonly kind: 'delete'; readonly pod: KubeObject };

export interface JobPlan {
  readonly moves: readonly JobMove[];
  /** Pods of the Job before the moves. */
  readonly pods: readonly KubeObject[];
  /** The status over them; undefined when it stands so. Ends that are counted are not in it yet. */
  readonly status?: JsonObject;
  /** What it has just come to. */
  readonly verdict?: Verdict;
  /** It has been over for as long as it is to be kept. */
  readonly isOutlived: boolean;
  /** When to look again although nothing changes (epoch ms). */
  readonly lookAgainAt?: number;
}

/** At most so many pods are made before what came of it is looked at. */
const BURST = 500;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 360_000;

const NOTHING = { moves: [], pods: [], isOutlived: false } as const;

/**
 * Decides what a Job does next. Ends of pods are counted first, each in the transaction that lets go of the pod, so that none is
 * counted twice or lost; everything else is decided when all that ended is counted.
 */
export function planJob(job: KubeObject, candidates: readonly KubeObject[], now: number): JobPlan {
  const spec = jobSpec(job);
  if (!spec.selector) return NOTHING;
  const { kept, adopted, released } = claim(job, spec.selector, candidates);
  const settled: JobMove[] = [
    ...released.map((pod) => ({ kind: 'release', pod }) as const),
    ...adopted.map((pod) => ({ kind: 'adopt', pod }) as const),
  ];
  if (settled.length > 0) return { ...NOTHING, moves: settled, pods: kept };
  const over = finishOf(job);
  if (over !== undefined) return afterwards(spec, kept, over, now);
  if (isGoing(job)) return { ...NOTHING, moves: kept.filter(isTracked).map(freed), pods: kept };
  const counts = kept.filter(isTracked).flatMap((pod) => endingOf(pod, spec));
  if (counts.length > 0) return { ...NOTHING, moves: counts, pods: kept };
  return manage(job, spec, kept, now);
}

const freed = (pod: KubeObject): JobMove => ({ kind: 'free', pod });

/** A pod that goes before it has ended counts as failed, unless the Job waits for its end. */
function endingOf(pod: KubeObject, { waitsForEnds }: JobSpec): readonly JobMove[] {
  const phase = phaseOf(pod);
  if (phase === 'Succeeded') return [{ kind: 'count', pod, outcome: 'succeeded' }];
  if (phase === 'Failed' || (isGoing(pod) && !waitsForEnds)) return [{ kind: 'count', pod, outcome: 'failed' }];
  // A pod that never ran has no end of its own: only the Job holds it.
  return isGoing(pod) && phase === 'Pending' ? [{ kind: 'count', pod, outcome: 'failed' }] : [];
}

/** When the Job was over (epoch ms); undefined while it is not. */
function finishOf(job: KubeObject): number | undefined {
  const conditions = conditionsOf(job);
  const last = conditionNamed(conditions, 'Complete') ?? conditionNamed(conditions, 'Failed');
  return last?.status === 'True' ? timeOf(last.lastTransitionTime) : undefined;
}

/** A Job that is over lets go of what is left of its pods, and goes itself when its time has come. */
function afterwards({ ttlMs }: JobSpec, pods: readonly KubeObject[], over: number, now: number): JobPlan {
  const until = ttlMs === undefined ? undefined : over + ttlMs;
  const running = pods.filter(isActive).map((pod) => ({ kind: 'delete', pod }) as const);
  return {
    moves: [...pods.filter(isTracked).map(freed), ...running.filter(({ pod }) => !isTracked(pod))],
    pods,
    isOutlived: until !== undefined && until <= now,
    ...(until !== undefined && until > now && { lookAgainAt: until }),
  };
}

function manage(job: KubeObject, spec: JobSpec, pods: readonly KubeObject[], now: number): JobPlan {
  const begun = started(job, spec, now);
  const active = pods.filter(isActive);
  const verdict = verdictOf(job, spec, begun, pods, now);
  const going = pods.filter((pod) => isGoing(pod) && !isFinished(pod));
  if (verdict) {
    const isOver = active.length + going.length === 0;
    const conditions = ended(job, verdict, isOver, now);
    const moves = active.map((pod) => ({ kind: 'delete', pod }) as const);
    const completedAt = isOver && verdict.isSuccess ? now : undefined;
    return planned(job, pods, moves, jobStatus(job, pods, begun, conditions, completedAt), isOver ? { verdict } : {});
  }
  const conditions = suspended(job, spec.isSuspended, now);
  const retryAt = retryOf(pods);
  const occupied = spec.waitsForEnds ? [...active, ...going] : active;
  const moves = spec.isSuspended
    ? active.map((pod) => ({ kind: 'delete', pod }) as const)
    : changesOf(spec, begun, active, occupied, (retryAt ?? 0) > now);
  const isShort = !spec.isSuspended && occupied.length < wantedOf(spec, begun, active.length);
  const moments = [
    ...(isShort && retryAt !== undefined && retryAt > now ? [retryAt] : []),
    ...(spec.isSuspended ? [] : [deadlineOf(spec, begun)]),
  ].filter((moment) => moment !== undefined);
  const again = moments.length > 0 ? { lookAgainAt: Math.min(...moments) } : {};
  return planned(job, pods, moves, jobStatus(job, pods, begun, conditions), again);
}

function planned(
  job: KubeObject,
  pods: readonly KubeObject[],
  moves: readonly JobMove[],
  status: JsonObject,
  more: Partial<JobPlan>,
): JobPlan {
  return { moves, pods, isOutlived: false, ...(!isSameValue(job['status'], status) && { status }), ...more };
}

/** The time that counts begins when the Job is first looked at, and anew when it goes on. */
function started(job: KubeObject, { isSuspended }: JobSpec, now: number): JobTally {
  const tally = jobTally(job);
  const isResumed = conditionNamed(conditionsOf(job), 'Suspended')?.status === 'True' && !isSuspended;
  if (isSuspended || (tally.startedAt !== undefined && !isResumed)) return tally;
  return { ...tally, startedAt: now };
}

/** How many pods shall run at once. */
function wantedOf({ parallelism, completions }: JobSpec, { succeeded }: JobTally, active: number): number {
  if (completions === undefined) return succeeded > 0 ? Math.min(active, parallelism) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

function changesOf(
  spec: JobSpec,
  tally: JobTally,
  active: readonly KubeObject[],
  occupied: readonly KubeObject[],
  isResting: boolean,
): readonly JobMove[] {
  const missing = wantedOf(spec, tally, active.length) - occupied.length;
  if (missing < 0) {
    const surplus = scaleInOrder(active).slice(0, -missing);
    return surplus.map((pod) => ({ kind: 'delete', pod }));
  }
  if (isResting) return [];
  const count = Math.min(missing, BURST);
  if (!spec.isIndexed) return Array.from({ length: count }, () => ({ kind: 'create' }));
  const taken = new Set([...tally.completed, ...occupied.map(indexOf)]);
  const free: JobMove[] = [];
  for (let index = 0; free.length < count && index < (spec.completions ?? 0); index += 1) {
    if (!taken.has(index)) free.push({ kind: 'create', index });
  }
  return free;
}

/** After failures in a row new pods wait: 10 s after the first, doubling to 6 min. */
function retryOf(pods: readonly KubeObject[]): number | undefined {
  const lastSuccess = Math.max(0, ...pods.filter((pod) => phaseOf(pod) === 'Succeeded').map(finishedAt));
  const failures = pods
    .filter((pod) => phaseOf(pod) === 'Failed')
    .map(finishedAt)
    .filter((at) => at > lastSuccess);
  if (failures.length === 0) return undefined;
  const delay = Math.min(FIRST_RETRY_MS * 2 ** (failures.length - 1), LONGEST_RETRY_MS);
  return Math.max(...failures) + delay;
}
