import type { Reservation } from '#core/model/container-instance.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';
import { markSlotHealth } from '#core/service/slot-transitions.ts';
import { getsWorse, isHealthNews, isLate, isNews } from '#core/task/report-news.ts';
import type { HeartbeatRequest, TaskReport } from '#events/agent-wire.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { type InstanceId, observations, put, readMany, tasks, type Versioned } from '../records.ts';
import { SlotChunkEdit } from '../services/slot-chunks.ts';
import { ownerOfTaskWake, podOfTaskWake } from '../tasks/owner-of-task-wake.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { requireCurrent } from './require-current.ts';

/** Each writes its observation and at most one chunk: this many fit one transaction. */
const WORSE_PER_TRANSACTION = 40;

interface Move {
  readonly report: TaskReport;
  readonly task: Task;
  readonly before: Versioned<TaskObservation> | undefined;
}

/**
 * RUNNING, and its health: one conditional put of one small item for each task. Those that met another writer are looked
 * at again.
 */
export async function observeMoves(
  deps: Dependencies,
  agent: InstanceId,
  request: HeartbeatRequest,
  reports: readonly TaskReport[],
): Promise<void> {
  let open = reports;
  await untilCommitted(`reports of ${agent.instanceId}`, async (): Promise<undefined | typeof CONFLICT> => {
    const ids = open.map(({ taskId }) => ({ cluster: agent.cluster, taskId }));
    const [observed, found] = await Promise.all([
      readMany(deps.store, observations, ids),
      readMany(deps.store, tasks, ids),
    ]);
    // Invariant S8: read after the observations, or a registration in between would fence versions not read yet.
    const reservation = await requireCurrent(deps, agent, request);
    const moves = open.flatMap((report, position): Move[] => {
      const before = observed[position];
      const task = found[position]?.value;
      const isOld = isLate(before?.value, report, request.agentEpoch);
      return task && !isOld && isHeld(reservation.value, report) && isNews(before?.value, report)
        ? [{ report, task, before }]
        : [];
    });
    const lost = await commit(deps, agent, request, moves);
    open = lost.map(({ report }) => report);
    return open.length > 0 ? CONFLICT : undefined;
  });
}

/** Answers the moves that met another writer. */
async function commit(
  deps: Dependencies,
  agent: InstanceId,
  request: HeartbeatRequest,
  moves: readonly Move[],
): Promise<readonly Move[]> {
  const isWorse = ({ task, report, before }: Move) => task.slot !== undefined && getsWorse(before?.value, report);
  const worse = moves.filter(isWorse);
  const each = moves.filter((move) => !isWorse(move)).map((move) => [move]);
  for (let first = 0; first < worse.length; first += WORSE_PER_TRANSACTION) {
    each.push(worse.slice(first, first + WORSE_PER_TRANSACTION));
  }
  const outcomes = await Promise.all(
    each.map(async (together) => {
      const writes = together.map((move) => moveWrite(agent, request, move));
      const slots = together.some(isWorse) ? await slotWrites(deps, agent, together) : [];
      const outcome = await deps.store.transact([...writes, ...slots]);
      return outcome.kind === 'conflict' ? together : [];
    }),
  );
  return outcomes.flat();
}

/**
 * Rule R18: a task that gets worse says so to its slot in the same transaction, so that no stop commits which counted it
 * as healthy, and no worker has to read the tasks of a healthy service to find out. Getting better may come later: the
 * worker reads the tasks that are not healthy.
 */
async function slotWrites(
  deps: Dependencies,
  { cluster }: InstanceId,
  moves: readonly Move[],
): Promise<readonly Write[]> {
  const chunks = await SlotChunkEdit.open(
    deps,
    cluster,
    moves.map(({ task }) => task),
  );
  const now = deps.clock.now();
  for (const { task, report } of moves) {
    const { healthStatus = 'UNKNOWN' } = report;
    chunks.change(task, (chunk, index, epoch) => markSlotHealth(chunk, index, epoch, healthStatus, now));
  }
  return chunks.writes();
}

function moveWrite(agent: InstanceId, request: HeartbeatRequest, { report, task, before }: Move): Write {
  const { cluster, taskId } = task;
  const value = observation(agent, request, report, before?.value);
  const isUrgent = before?.value.status !== report.status || isHealthNews(before?.value, report);
  return put(
    observations,
    { cluster, taskId },
    value,
    before?.version ?? 'absent',
    isUrgent ? ownerOfTaskWake(task) : podOfTaskWake(task),
  );
}

export const isHeld = (reservation: Reservation, report: TaskReport): boolean =>
  reservation.tasks.some(({ taskId, epoch }) => taskId === report.taskId && epoch === report.epoch);

/** What is stored of a report: members a later report leaves out are kept from the earlier one. */
export const observation = (
  { instanceId }: InstanceId,
  { agentEpoch }: HeartbeatRequest,
  report: TaskReport,
  before: TaskObservation | undefined,
): TaskObservation => {
  // Revisions are counted anew in each agent epoch.
  const { revision: _revision, ...kept } = before ?? {};
  return { ...kept, ...report, instanceId, agentEpoch, updates: (before?.updates ?? 0) + 1 };
};
