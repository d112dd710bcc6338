import { Fault } from '#core/fault.ts';
import type { Task } from '#core/model/task.ts';
import { packingOrder } from '#core/placement/packing-order.ts';
import { type PlacementDecision, place } from '#core/placement/place.ts';
import type { Dependencies } from '../dependencies.ts';
import { type ReservationChange, ringAgents } from '../instances/ring-agents.ts';
import { unplacedPartition } from '../keys.ts';
import { MAX_TRANSACTION_WRITES } from '../ports.ts';
import { asRecord, readMany, tasks, type Versioned } from '../records.ts';
import { assignmentWrites, type PlacedTask } from './assign-tasks.ts';
import { endInDeletedCluster } from './end-in-deleted-cluster.ts';
import type { FleetMember } from './fleet.ts';
import { learnConflicts } from './learn-conflicts.ts';
import { recordUnplaced, type UnplacedTask } from './record-unplaced.ts';

const PAGE = 500;
/** How long one run goes on to further pages; the sweep starts the next run. */
const RUN_MS = 20_000;
const MAX_ATTEMPTS = 5;
/** Every conflict teaches what stands in the way; one that teaches too little is met by reading the fleet again. */
const FRESH_FROM_ATTEMPT = 2;

/**
 * Gives the waiting tasks of a cluster to machines, and says on each that still waits why it does.
 * Faults: Contended when other writers kept winning; the queue then tries again.
 */
export async function placeTasks(deps: Dependencies, cluster: string): Promise<void> {
  const until = deps.clock.now() + RUN_MS;
  let after: string | undefined;
  let isShort = false;
  do {
    const query = { pk: unplacedPartition(cluster), limit: PAGE };
    const page = await deps.store.queryIndex(after === undefined ? query : { ...query, after });
    const waiting = await rereadWaiting(
      deps,
      cluster,
      page.items.map((item) => asRecord(tasks, item).value.taskId),
    );
    if (waiting.length > 0) isShort = (await placePage(deps, cluster, waiting)) || isShort;
    after = page.next;
  } while (after !== undefined && deps.clock.now() < until);
  if (isShort) await endInDeletedCluster(deps, cluster);
  if (isShort && deps.capacity.policy({ cluster })) await deps.queue.send([{ work: { kind: 'capacity', cluster } }]);
}

/** The index is eventually consistent, so each task is read by key before anything is decided about it. */
async function rereadWaiting(
  deps: Dependencies,
  cluster: string,
  taskIds: readonly string[],
): Promise<readonly Versioned<Task>[]> {
  const found = await readMany(
    deps.store,
    tasks,
    taskIds.map((taskId) => ({ cluster, taskId })),
  );
  return found.filter((task) => task !== undefined).filter(({ value }) => isWaiting(value));
}

const isWaiting = (task: Task): boolean => task.desiredStatus === 'RUNNING' && task.assignment === undefined;

/** Places one page. True when some task found no room. */
async function placePage(deps: Dependencies, cluster: string, waiting: readonly Versioned<Task>[]): Promise<boolean> {
  let pending = waiting;
  let foundNoRoom = false;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { lost, unplaced, changes } = await deps.fleet.inTurn(cluster, () =>
      tryPlace(deps, cluster, pending, attempt),
    );
    await ringAgents(deps, changes);
    await recordUnplaced(deps, cluster, unplaced);
    foundNoRoom = foundNoRoom || unplaced.length > 0;
    if (lost.length === 0) return foundNoRoom;
    pending = await rereadWaiting(deps, cluster, lost);
    if (pending.length === 0) return foundNoRoom;
  }
  throw new Fault('Contended', `placement in cluster ${cluster} kept losing to other writers`);
}

interface PageOutcome {
  /** Ids of tasks whose batch met another writer. */
  readonly lost: readonly string[];
  readonly unplaced: readonly UnplacedTask[];
  readonly changes: readonly ReservationChange[];
}

async function tryPlace(
  deps: Dependencies,
  cluster: string,
  pending: readonly Versioned<Task>[],
  attempt: number,
): Promise<PageOutcome> {
  const { placed, unplaced, members } = await decide(deps, cluster, pending, attempt >= FRESH_FROM_ATTEMPT);
  return { ...(await commitPlaced(deps, placed, members)), unplaced };
}

interface PageDecision {
  readonly placed: readonly PlacedTask[];
  readonly unplaced: readonly UnplacedTask[];
  readonly members: ReadonlyMap<string, FleetMember>;
}

/** Decides from the remembered fleet; that some task has no room is only believed of a fleet just read. */
async function decide(
  deps: Dependencies,
  cluster: string,
  waiting: readonly Versioned<Task>[],
  fresh: boolean,
): Promise<PageDecision> {
  const fleet = await deps.fleet.load(deps, cluster, { fresh });
  const demands = packingOrder(
    waiting.map(({ value }) => value),
    fleet,
  );
  const decisions = place(demands, fleet, () => deps.ids.random());
  if (!fresh && decisions.some(({ kind }) => kind === 'unplaced')) return decide(deps, cluster, waiting, true);
  return {
    ...split(decisions, waiting),
    members: new Map(fleet.map((it) => [it.reservation.instanceId, it])),
  };
}

function split(
  decisions: readonly PlacementDecision[],
  waiting: readonly Versioned<Task>[],
): Pick<PageDecision, 'placed' | 'unplaced'> {
  const versions = new Map(waiting.map(({ value, version }) => [value.taskId, version]));
  const placed: PlacedTask[] = [];
  const unplaced: UnplacedTask[] = [];
  for (const decision of decisions) {
    const { task } = decision;
    const version = versions.get(task.taskId) ?? 0;
    if (decision.kind === 'placed') placed.push({ task, expect: version, instanceId: decision.instanceId });
    else unplaced.push({ task, version, why: decision.why });
  }
  return { placed, unplaced };
}

/** Commits batch by batch. */
async function commitPlaced(
  deps: Dependencies,
  placed: readonly PlacedTask[],
  members: ReadonlyMap<string, FleetMember>,
): Promise<Pick<PageOutcome, 'lost' | 'changes'>> {
  const lost: string[] = [];
  const committed: ReservationChange[] = [];
  for (const batch of batches(placed)) {
    const { writes, reservations: changes } = assignmentWrites(batch, members, deps.clock.now());
    const outcome = await deps.store.transact(writes);
    if (outcome.kind === 'conflict') {
      learnConflicts(deps, outcome.conflicts);
      lost.push(...batch.map(({ task }) => task.taskId));
      continue;
    }
    for (const { reservation, version } of changes) deps.fleet.learn(reservation, version);
    committed.push(...changes.map((change) => ({ ...change, stopped: [] })));
  }
  return { lost, changes: committed };
}

/** Whole machines per transaction: a machine's tasks share its one reservation put, and all fit in one transaction. */
function batches(placed: readonly PlacedTask[]): readonly (readonly PlacedTask[])[] {
  const filled: PlacedTask[][] = [];
  let writes = MAX_TRANSACTION_WRITES;
  for (const entries of Map.groupBy(placed, (entry) => entry.instanceId).values()) {
    const needed = entries.length + 1;
    if (writes + needed > MAX_TRANSACTION_WRITES) {
      filled.push([]);
      writes = 0;
    }
    filled.at(-1)?.push(...entries);
    writes += needed;
  }
  return filled;
}
