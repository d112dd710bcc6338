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
import { type Launch, sharedTurns } from './shared-turn.ts';

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
    const tried = await inSharedTurn(deps, cluster, { drafts, attempt });
    if (tried.kind === 'exists') return tried;
    if (tried.kind === 'conflict') continue;
    await ringAgents(deps, tried.changes);
    return { kind: 'launched', views: tried.views, failures: tried.failures };
  }
}

type Attempt =
  | {
      readonly kind: 'committed';
      readonly views: readonly TaskView[];
      readonly failures: readonly Failure[];
      /** Whom to ring: that others wait for their turn is no reason to wait for bells. */
      readonly changes: readonly ReservationChange[];
    }
  | { readonly kind: 'exists' }
  | { readonly kind: 'conflict' };

const inSharedTurn = sharedTurns(tryLaunch);

/** Decides and commits once for all launches, and teaches the fleet's memory what came of it. */
async function tryLaunch(
  deps: Dependencies,
  cluster: string,
  launches: readonly Launch[],
): Promise<readonly Attempt[]> {
  const { decisions, fleet } = await decide(deps, cluster, launches);
  const created = decisions.filter(({ kind, task }) => kind === 'placed' || task.pinnedTo === undefined);
  const outcome = await commit(deps, created, fleet);
  if (outcome.kind === 'conflict') {
    learnConflicts(deps, outcome.conflicts);
    const taken = new Set(outcome.conflicts.map(({ write }) => outcome.writes[write]?.key.sk));
    return launches.map(({ drafts }) => ({
      kind: drafts.some((task) => taken.has(keyOf(task))) ? 'exists' : 'conflict',
    }));
  }
  const byId = new Map(decisions.map((decision) => [decision.task.taskId, decision]));
  return launches.map(({ drafts }) => attemptOf(deps, drafts, byId, outcome));
}

const keyOf = ({ cluster, taskId }: Task): string => taskKey(cluster, taskId).sk;

/** One launch's part of what was committed; the bell of a machine is rung by the launch of its first task. */
function attemptOf(
  deps: Dependencies,
  drafts: readonly Task[],
  decisions: ReadonlyMap<string, PlacementDecision>,
  { tasks: created, changes }: Committed,
): Attempt {
  const ids = new Set(drafts.map(({ taskId }) => taskId));
  return {
    kind: 'committed',
    views: drafts.flatMap(({ taskId }) => {
      const task = created.get(taskId);
      return task ? [{ task, version: 1 }] : [];
    }),
    failures: drafts.flatMap(({ taskId }) => {
      const decision = decisions.get(taskId);
      return decision?.kind === 'unplaced' && !created.has(taskId) ? [pinnedFailure(deps, decision)] : [];
    }),
    changes: changes.filter(({ started: [first] }) => first !== undefined && ids.has(first.taskId)),
  };
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
async function decide(deps: Dependencies, cluster: string, launches: readonly Launch[]): Promise<Placement> {
  const isOver = ({ attempt }: Launch): boolean => attempt > MAX_PLACED_ATTEMPTS;
  const postponed = launches.filter(isOver).flatMap(({ drafts }) => drafts.map(postpone));
  const tried = launches.filter((launch) => !isOver(launch));
  const drafts = tried.flatMap((launch) => launch.drafts);
  if (drafts.length === 0) return { decisions: postponed, fleet: [] };
  const isFresh = tried.some(({ attempt }) => attempt >= FRESH_FROM_ATTEMPT);
  const fleet = await deps.fleet.load(deps, cluster, { fresh: isFresh });
  const decisions = place(drafts, fleet, deps.ids.random);
  if (isFresh || decisions.every(({ kind }) => kind === 'placed')) {
    return { decisions: [...decisions, ...postponed], fleet };
  }
  const freshFleet = await deps.fleet.load(deps, cluster, { fresh: true });
  return { decisions: [...place(drafts, freshFleet, deps.ids.random), ...postponed], fleet: freshFleet };
}

interface Committed {
  readonly kind: 'committed';
  /** As created, by id. */
  readonly tasks: ReadonlyMap<string, Task>;
  readonly changes: readonly ReservationChange[];
}

type CommitResult =
  | Committed
  | { readonly kind: 'conflict'; readonly conflicts: readonly WriteConflict[]; readonly writes: readonly Write[] };

async function commit(
  deps: Dependencies,
  decisions: readonly PlacementDecision[],
  fleet: readonly FleetMember[],
): Promise<CommitResult> {
  if (decisions.length === 0) return { kind: 'committed', tasks: new Map(), changes: [] };
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
  const created = [...assigned.tasks, ...waiting.map(({ task }) => task)];
  return {
    kind: 'committed',
    tasks: new Map(created.map((task) => [task.taskId, task])),
    changes: assigned.reservations.map((change) => ({ ...change, stopped: [] })),
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

/** StartTask does not wait: an instance that cannot take the task is a failure, in ECS's words. */
function pinnedFailure(deps: Dependencies, decision: PlacementDecision & { readonly kind: 'unplaced' }): Failure {
  const { cluster, pinnedTo } = decision.task;
  const [reason] = Object.keys(decision.why.rejected);
  return {
    arn: containerInstanceArn(deps.scope, cluster, pinnedTo ?? ''),
    reason: decision.why.considered === 0 || reason === undefined ? 'MISSING' : reason,
  };
}
