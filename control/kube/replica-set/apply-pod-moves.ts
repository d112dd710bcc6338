import { recordEvent } from '#control/kube/events/record-event.ts';
import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import type { KubeObject } from '#core/kube/object.ts';
import type { PodMove, ReplicaSetPlan } from '#core/kube/replica-set/plan-replica-set.ts';
import { replicaSetSpec } from '#core/kube/replica-set/replica-set.ts';
import { type ReplicaFailure, replicaSetStatus } from '#core/kube/replica-set/replica-set-status.ts';
import { FAILURES_ANNOTATION } from '#core/kube/replica-set/retry.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import { draftPod } from '#core/kube/workload/draft-pod.ts';
import { disowned, owned } from '#core/kube/workload/owner.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Write } from '../../ports.ts';
import type { Versioned } from '../../records.ts';
import { parts } from '../commit-in-parts.ts';
import { type Commit, commitObjects } from '../commit-objects.ts';
import { planCreations } from '../create-object.ts';
import { planDeletion } from '../delete-object.ts';
import type { ObjectId } from '../records.ts';
import { podNames } from '../workload/pod-names.ts';
import { tellPods } from '../workload/tell-pods.ts';

const COMPONENT = 'replicaset-controller';
/** Pods that were refused are tried again after so long. */
const REFUSED_RETRY_MS = 30_000;

interface Application {
  readonly id: ObjectId;
  readonly before: Versioned<KubeObject>;
  /** Pods of the namespace, as they were read. */
  readonly pods: readonly Versioned<KubeObject>[];
  readonly plan: ReplicaSetPlan;
  readonly attempt: number;
}

type Outcome =
  | { readonly kind: 'conflict' }
  /** `lookAgainAt`: pods were refused, and are tried again then (epoch ms). */
  | { readonly kind: 'done'; readonly lookAgainAt?: number };

/** The one door through which a ReplicaSet's plan reaches the store: its moves in few transactions, each with its status. */
export async function applyPodMoves(deps: Dependencies, application: Application): Promise<Outcome> {
  const { id, plan } = application;
  const { creations, guard, failure } = await planPods(deps, application);
  const commits = [...plan.moves.flatMap((move) => commitsOf(deps, application, move)), ...creations];
  let before = application.before;
  let active = plan.active;
  for (const part of commits.length > 0 ? parts(commits) : [[]]) {
    active = after(active, part);
    const status = replicaSetStatus(before.value, active, deps.clock.now(), failure);
    if (part.length === 0 && isSameValue(before.value['status'], status)) break;
    const own = { kind: 'update', id, before, after: { ...before.value, status } } as const;
    const result = await commitObjects(deps, [own, ...part], guard);
    if (result.kind === 'conflict') return { kind: 'conflict' };
    before = { value: result.objects[0] ?? own.after, version: before.version + 1 };
    await tell(deps, id.cluster, before.value, part);
  }
  if (!failure) return { kind: 'done' };
  await tellFailure(deps, id.cluster, before.value, failure);
  return { kind: 'done', lookAgainAt: deps.clock.now() + REFUSED_RETRY_MS };
}

interface PlannedPods {
  readonly creations: readonly Commit[];
  readonly guard: readonly Write[];
  readonly failure?: ReplicaFailure;
}

/** The pods to be made. That they are refused is an outcome: the ReplicaSet says so. */
async function planPods(deps: Dependencies, { id, before, plan, attempt }: Application): Promise<PlannedPods> {
  const wanted = plan.moves.filter((move) => move.kind === 'create');
  if (wanted.length === 0) return { creations: [], guard: [] };
  const nameOf = podNames(deps, before, attempt);
  const { template } = replicaSetSpec(before.value);
  const drafts = wanted.map(({ failures }, number) =>
    draftPod(before.value, template, {
      name: nameOf(number),
      ...(failures > 0 && { annotations: { [FAILURES_ANNOTATION]: String(failures) } }),
    }),
  );
  const target = { cluster: id.cluster, resource: resourceNamed('pods'), namespace: id.namespace };
  try {
    const { commits, guard } = await planCreations(deps, target, drafts);
    return { creations: commits, guard };
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'Contended' || error.code === 'Unavailable') throw error;
    return { creations: [], guard: [], failure: { reason: 'FailedCreate', message: error.message } };
  }
}

function commitsOf(deps: Dependencies, { id, before, pods }: Application, move: PodMove): readonly Commit[] {
  if (move.kind === 'create') return [];
  const { pod } = move;
  const found = pods.find(({ value }) => value === pod);
  if (!found) return [];
  const podId = { ...id, resource: 'pods', name: pod.metadata.name };
  switch (move.kind) {
    case 'adopt':
      return [{ kind: 'update', id: podId, before: found, after: owned(pod, before.value) }];
    case 'release':
      return [{ kind: 'update', id: podId, before: found, after: disowned(pod, before.value) }];
    case 'delete': {
      const commit = planDeletion(resourceNamed('pods'), podId, found, deps.clock.now());
      return commit ? [commit] : [];
    }
    default:
      return assertNever(move);
  }
}

const isDeletion = (commit: Commit): boolean =>
  commit.kind === 'delete' || (commit.kind === 'update' && isMarking(commit));

const isMarking = ({ before, after }: Extract<Commit, { readonly kind: 'update' }>): boolean =>
  before.value.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined;

/** The active pods once these changes are made. */
function after(active: readonly KubeObject[], commits: readonly Commit[]): readonly KubeObject[] {
  const gone = new Set(commits.filter(isDeletion).map(({ id }) => id.name));
  const made = commits.flatMap((commit) => (commit.kind === 'create' ? [commit.after] : []));
  return [...active.filter(({ metadata }) => !gone.has(metadata.name)), ...made];
}

async function tell(deps: Dependencies, cluster: string, set: KubeObject, commits: readonly Commit[]): Promise<void> {
  const named = (those: readonly Commit[]) => those.map(({ id }) => id.name);
  const made = commits.filter(({ kind }) => kind === 'create');
  await tellPods(deps, cluster, set, 'Created', named(made), COMPONENT);
  await tellPods(deps, cluster, set, 'Deleted', named(commits.filter(isDeletion)), COMPONENT);
}

const tellFailure = (deps: Dependencies, cluster: string, set: KubeObject, { reason, message }: ReplicaFailure) =>
  recordEvent(deps, cluster, set, {
    type: 'Warning',
    reason,
    message: `Error creating: ${message}`,
    component: COMPONENT,
  });
