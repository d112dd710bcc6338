import { containerInstanceArn } from '#core/model/arn.ts';
import type { Unplaced } from '#core/model/placement.ts';
import type { Task } from '#core/model/task.ts';
import { type PlacementDecision, place } from '#core/placement/place.ts';
import type { Dependencies } from '../dependencies.ts';
import { type ReservationChange, ringAgents } from '../instances/ring-agents.ts';
import type { Failure, TaskView } from '../intents.ts';
import { taskKey, unplacedIndexKey } from '../keys.ts';
import { assignmentWrites } from '../placement/assign-tasks.ts';
import type { FleetMember } from '../placement/fleet.ts';
import { learnConflicts } from '../placement/learn-conflicts.ts';
import type { Write, WriteConflict } from '../ports.ts';
import { put, tasks } from '../records.ts';

/** launched: the tasks exist now. exists: one of the ids was taken, so the request is a repeat. */
export type LaunchResult =
  | { readonly kind: 'launched'; readonly views: readonly TaskView[]; readonly failures: readonly Failure[] }
  | { readonly kind: 'exists' };

const MAX_PLACED_ATTEMPTS = 6;
/** Every conflict teaches what stands in the way, so the whole fleet is read again only when that did not help. */
const FRESH_FROM_ATTEMPT = 5;

/**
 * Creates new tasks together with the reservations they take, in one transaction, from a remembered view of the fleet:
 * the commit checks every version, so an old view costs a retry and nothing else. When placing keeps colliding the
 * tasks are created without a machine and the placement worker takes over.
 */
export async function launchTasks(deps: Dependencies, cluster: string, drafts: readonly Task[]): Promise<LaunchResult> {
  for (let attempt = 1; ; attempt += 1) {
    const tried = await deps.fleet.inTurn(cluster, () => tryLaunch(deps, cluster, drafts, attempt));
    if (tried.kind === 'exists') return tried;
    if (tried.kind === 'conflict') continue;
    await ringAgents(deps, tried.changes);
    return { kind: 'launched', views: tried.views, failures: tried.failures };
  }
}

type Committed = {
  readonly kind: 'committed';
  readonly views: readonly TaskView[];
  /** Whom to ring: that others wait for their turn is no reason to wait for bells. */
  readonly changes: readonly ReservationChange[];
};
type Attempt =
  | (Committed & { readonly failures: readonly Failure[] })
  | { readonly kind: 'exists' }
  | { readonly kind: 'conflict' };

/** Decides and commits once, and teaches the fleet's memory what came of it. */
async function tryLaunch(
  deps: Dependencies,
  cluster: string,
  drafts: readonly Task[],
  attempt: number,
): Promise<Attempt> {
  const { decisions, fleet } = await decide(deps, cluster, drafts, attempt);
  const isPinned = (decision: PlacementDecision) => decision.task.pinnedTo !== undefined;
  const failed = decisions.filter((decision) => decision.kind === 'unplaced' && isPinned(decision));
  const created = decisions.filter((decision) => !failed.includes(decision));
  const failures = failed.flatMap((decision) => (decision.kind === 'unplaced' ? [pinnedFailure(deps, decision)] : []));
  if (created.length === 0) return { kind: 'committed', views: [], changes: [], failures };
  const outcome = await commit(deps, created, fleet);
  if (outcome.kind === 'committed') return { ...outcome, failures };
  if (outcome.conflicts.some(({ write }) => isTask(outcome.writes[write], created))) return { kind: 'exists' };
  learnConflicts(deps, outcome.conflicts);
  return { kind: 'conflict' };
}

/** Stands for "placement has not been asked", which is no reason to show anybody. */
const NOT_LOOKED: Unplaced = { considered: 0, rejected: {} };
const postpone = (task: Task): PlacementDecision => ({ kind: 'unplaced', task, why: NOT_LOOKED });

/** Decisions and the very fleet they were made from: only that fleet's versions may be named in the commit. */
interface Placement {
  readonly decisions: readonly PlacementDecision[];
  readonly fleet: readonly FleetMember[];
}

/** Looks at the remembered fleet first; only when something finds no room there is the table asked. */
async function decide(
  deps: Dependencies,
  cluster: string,
  drafts: readonly Task[],
  attempt: number,
): Promise<Placement> {
  if (attempt > MAX_PLACED_ATTEMPTS) return { decisions: drafts.map(postpone), fleet: [] };
  const isFresh = attempt >= FRESH_FROM_ATTEMPT;
  const fleet = await deps.fleet.load(deps, cluster, { fresh: isFresh });
  const decisions = place(drafts, fleet, deps.ids.random);
  if (isFresh || decisions.every(({ kind }) => kind === 'placed')) return { decisions, fleet };
  const freshFleet = await deps.fleet.load(deps, cluster, { fresh: true });
  return { decisions: place(drafts, freshFleet, deps.ids.random), fleet: freshFleet };
}

type CommitResult =
  | Committed
  | { readonly kind: 'conflict'; readonly conflicts: readonly WriteConflict[]; readonly writes: readonly Write[] };

async function commit(
  deps: Dependencies,
  decisions: readonly PlacementDecision[],
  fleet: readonly FleetMember[],
): Promise<CommitResult> {
  const members = new Map(fleet.map((member) => [member.reservation.instanceId, member]));
  const placed = decisions.flatMap((decision) =>
    decision.kind === 'placed'
      ? [{ task: decision.task, expect: 'absent', instanceId: decision.instanceId } as const]
      : [],
  );
  const assigned = assignmentWrites(placed, members, deps.clock.now());
  const waiting = decisions.flatMap((decision) => (decision.kind === 'unplaced' ? [waitingTask(decision)] : []));
  const writes = [...assigned.writes, ...waiting.map(({ write }) => write)];
  const outcome = await deps.store.transact(writes);
  if (outcome.kind === 'conflict') return { ...outcome, writes };
  for (const { reservation, version } of assigned.reservations) deps.fleet.learn(reservation, version);
  const started = assigned.tasks;
  const byId = new Map([...started, ...waiting.map(({ task }) => task)].map((task) => [task.taskId, task]));
  return {
    kind: 'committed',
    views: decisions.map(({ task }) => ({ task: byId.get(task.taskId) ?? task, version: 1 })),
    changes: assigned.reservations.map(({ reservation, version }) => ({
      reservation,
      version,
      started: started.filter((task) => task.assignment?.instanceId === reservation.instanceId),
      stopped: [],
    })),
  };
}

/** A task without a machine: indexed for the placement worker, which its own stream record wakes. */
function waitingTask(decision: PlacementDecision & { readonly kind: 'unplaced' }): { task: Task; write: Write } {
  const isKnown = decision.why !== NOT_LOOKED;
  const task: Task = isKnown ? { ...decision.task, unplaced: decision.why } : decision.task;
  return { task, write: waitingTaskWrite(task) };
}

export const waitingTaskWrite = (task: Task): Write =>
  put(tasks, task, task, 'absent', {
    index: unplacedIndexKey(task.cluster, task.createdAt, task.taskId),
    wake: { work: { kind: 'placement', cluster: task.cluster } },
  });

function isTask(write: Write | undefined, decisions: readonly PlacementDecision[]): boolean {
  return decisions.some(({ task }) => {
    const key = taskKey(task.cluster, task.taskId);
    return write?.key.pk === key.pk && write.key.sk === key.sk;
  });
}

/** StartTask does not wait: an instance that cannot take the task is a failure, in ECS's words. */
function pinnedFailure(deps: Dependencies, decision: PlacementDecision & { readonly kind: 'unplaced' }): Failure {
  const { cluster, pinnedTo } = decision.task;
  const [reason] = Object.keys(decision.why.rejected);
  return {
    arn: containerInstanceArn(deps.scope, cluster, pinnedTo ?? ''),
    reason: decision.why.considered === 0 || reason === undefined ? 'MISSING' : reason,
  };
}
