import { recordEvent } from '#control/kube/events/record-event.ts';
import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import { draftJobPod } from '#core/kube/job/draft-job-pod.ts';
import { untracked } from '#core/kube/job/job.ts';
import { counted, type Ending, jobStatus, type Verdict } from '#core/kube/job/job-status.ts';
import type { JobMove, JobPlan } from '#core/kube/job/plan-job.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { conditionsOf } from '#core/kube/workload/condition.ts';
import { disowned, owned } from '#core/kube/workload/owner.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Write } from '../../ports.ts';
import type { Versioned } from '../../records.ts';
import { parts } from '../commit-in-parts.ts';
import { type Commit, commitObjects } from '../commit-objects.ts';
import { planCreations } from '../create-object.ts';
import { planDeletion, planRelease } from '../delete-object.ts';
import type { ObjectId } from '../records.ts';
import { podNames } from '../workload/pod-names.ts';
import { tellPods } from '../workload/tell-pods.ts';

const COMPONENT = 'job-controller';
/** Pods that were refused are tried again after so long. */
const REFUSED_RETRY_MS = 30_000;

interface Application {
  readonly id: ObjectId;
  readonly before: Versioned<KubeObject>;
  /** Pods of the namespace, as they were read. */
  readonly pods: readonly Versioned<KubeObject>[];
  readonly plan: JobPlan;
  readonly attempt: number;
}

type Outcome =
  | { readonly kind: 'conflict' }
  /** What was done decides what is to be done next. */
  | { readonly kind: 'again' }
  | { readonly kind: 'done'; readonly lookAgainAt?: number };

/** The one door through which a Job's plan reaches the store: its moves in few transactions, each with what it has counted. */
export async function applyJobMoves(deps: Dependencies, application: Application): Promise<Outcome> {
  const { id, plan } = application;
  const { creations, guard, refusal } = await planPods(deps, application);
  const moved = plan.moves.flatMap((move) => commitOf(deps, application, move));
  const endings = new Map(
    plan.moves.flatMap((move) => (move.kind === 'count' ? [[move.pod.metadata.name, move]] : [])),
  );
  let before = application.before;
  let status = plan.status ?? before.value['status'];
  let pods = plan.pods;
  for (const part of parts([...moved, ...creations])) {
    pods = after(pods, part);
    const ends = part.map((commit) => endings.get(commit.id.name)).filter((end) => end !== undefined);
    status = statusAfter({ ...before.value, status }, pods, ends);
    const own = { kind: 'update', id, before, after: { ...before.value, status } } as const;
    const result = await commitObjects(deps, [own, ...part], guard);
    if (result.kind === 'conflict') return { kind: 'conflict' };
    before = { value: result.objects[0] ?? own.after, version: before.version + 1 };
    await tell(deps, id.cluster, before.value, part);
  }
  if (refusal !== undefined) return refused(deps, id.cluster, before.value, refusal);
  return { kind: plan.moves.some(decides) ? 'again' : 'done' };
}

const decides = ({ kind }: JobMove): boolean => kind === 'count' || kind === 'adopt' || kind === 'release';

const statusAfter = (job: KubeObject, pods: readonly KubeObject[], endings: readonly Ending[]) =>
  jobStatus(job, pods, counted(job, endings), conditionsOf(job));

interface PlannedPods {
  readonly creations: readonly Commit[];
  readonly guard: readonly Write[];
  /** Why the pods are not made. */
  readonly refusal?: string;
}

async function planPods(deps: Dependencies, { id, before, plan, attempt }: Application): Promise<PlannedPods> {
  const wanted = plan.moves.filter((move) => move.kind === 'create');
  if (wanted.length === 0) return { creations: [], guard: [] };
  const nameOf = podNames(deps, before, attempt);
  const drafts = wanted.map(({ index }, number) =>
    draftJobPod(before.value, nameOf(number, index === undefined ? '' : `-${index}`), index),
  );
  const target = { cluster: id.cluster, resource: resourceNamed('pods'), namespace: id.namespace };
  try {
    const { commits, guard } = await planCreations(deps, target, drafts);
    return { creations: commits, guard };
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'Contended' || error.code === 'Unavailable') throw error;
    return { creations: [], guard: [], refusal: error.message };
  }
}

async function refused(deps: Dependencies, cluster: string, job: KubeObject, why: string): Promise<Outcome> {
  const message = `Error creating: ${why}`;
  await recordEvent(deps, cluster, job, { type: 'Warning', reason: 'FailedCreate', message, component: COMPONENT });
  return { kind: 'done', lookAgainAt: deps.clock.now() + REFUSED_RETRY_MS };
}

function commitOf(deps: Dependencies, { id, before: job, pods }: Application, move: JobMove): readonly Commit[] {
  if (move.kind === 'create') return [];
  const { pod } = move;
  const before = pods.find(({ value }) => value === pod);
  if (!before) return [];
  const resource = resourceNamed('pods');
  const podId = { ...id, resource: 'pods', name: pod.metadata.name };
  switch (move.kind) {
    case 'count':
    case 'free':
      return [planRelease(resource, podId, before, untracked(pod))];
    case 'adopt':
      return [{ kind: 'update', id: podId, before, after: owned(pod, job.value) }];
    case 'release':
      return [planRelease(resource, podId, before, disowned(untracked(pod), job.value))];
    case 'delete': {
      // What the Job takes away itself is no failure, so nothing waits for it to be counted.
      const free = { ...before, value: untracked(pod) };
      const commit = planDeletion(resource, podId, free, deps.clock.now());
      return commit ? [commit] : [];
    }
    default:
      return assertNever(move);
  }
}

/** The Job's pods once these changes are made. */
function after(pods: readonly KubeObject[], commits: readonly Commit[]): readonly KubeObject[] {
  const changed = new Map(commits.map((commit) => [commit.id.name, commit]));
  const kept = pods.flatMap((pod) => {
    const commit = changed.get(pod.metadata.name);
    if (!commit) return [pod];
    return commit.kind === 'delete' ? [] : [commit.after];
  });
  return [...kept, ...commits.flatMap((commit) => (commit.kind === 'create' ? [commit.after] : []))];
}

const isMarking = (commit: Commit): boolean =>
  commit.kind === 'update' &&
  commit.before.value.metadata.deletionTimestamp === undefined &&
  commit.after.metadata.deletionTimestamp !== undefined;

async function tell(deps: Dependencies, cluster: string, job: KubeObject, commits: readonly Commit[]): Promise<void> {
  const named = (those: readonly Commit[]) => those.map(({ id }) => id.name);
  const made = commits.filter(({ kind }) => kind === 'create');
  const deleted = commits.filter((commit) => commit.kind === 'delete' || isMarking(commit));
  await tellPods(deps, cluster, job, 'Created', named(made), COMPONENT);
  await tellPods(deps, cluster, job, 'Deleted', named(deleted), COMPONENT);
}

/** Tells how the Job ended, in the words of Kubernetes. */
export const tellVerdict = (
  deps: Dependencies,
  cluster: string,
  job: KubeObject,
  { isSuccess, reason, message }: Verdict,
) =>
  recordEvent(
    deps,
    cluster,
    job,
    isSuccess
      ? { type: 'Normal', reason: 'Completed', message: 'Job completed', component: COMPONENT }
      : { type: 'Warning', reason, message, component: COMPONENT },
  );
