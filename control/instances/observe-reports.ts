import type { ObservedStatus, StopRequest, TaskObservation } from '#core/model/task.ts';
import { release } from '#core/placement/reserve.ts';
import type { HeartbeatRequest, TaskReport } from '#events/agent-wire.ts';
import type { Dependencies } from '../dependencies.ts';
import { nudgeWaiting } from '../placement/nudge-waiting.ts';
import type { Write } from '../ports.ts';
import { type InstanceId, observations, put, readMany, reservations, tasks, type Versioned } from '../records.ts';
import { SlotChunkEdit } from '../services/slot-chunks.ts';
import { wakeLastToLeave } from '../services/wake-daemons.ts';
import { type StoppedTask, settleStopped } from '../tasks/settle-stopped.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { isHeld, observation, observeMoves } from './observe-moves.ts';
import { requireCurrent } from './require-current.ts';
import { deregisteredStop, forgottenStop } from './stop-reasons.ts';

export type Acknowledgement = { readonly taskId: string; readonly status: ObservedStatus };

/** Each stop writes the task, what was seen of it and its slots: this many fit one transaction with room to spare. */
const STOPS_PER_TRANSACTION = 20;

/**
 * Commits what an agent saw. Rule R3's sibling for reports: agent, agent epoch and task epoch must all match the
 * reservation, and the write names the observation's version, which every change of owner moves (S8).
 * A report that is no news, or that nobody needs any more, is acknowledged without a write.
 */
export async function observeReports(
  deps: Dependencies,
  agent: InstanceId,
  request: HeartbeatRequest,
): Promise<readonly Acknowledgement[]> {
  // PENDING needs no write: it is what a task that was assigned and not heard of is taken for. A pod's containers may have
  // something to say all the same, such as an image that can not be pulled.
  const moving = request.reports.filter(({ status, containers }) =>
    status === 'PENDING' ? containers.some(({ pod }) => pod !== undefined) : status === 'RUNNING',
  );
  const stopped = request.reports.filter(({ status }) => status === 'STOPPED');
  if (moving.length > 0) await observeMoves(deps, agent, request, moving);
  for (let first = 0; first < stopped.length; first += STOPS_PER_TRANSACTION) {
    await observeStops(deps, agent, request, stopped.slice(first, first + STOPS_PER_TRANSACTION));
  }
  return request.reports.map(({ taskId, status }) => ({ taskId, status }));
}

/** STOPPED: both halves, the slots and the machine's room change together. */
async function observeStops(
  deps: Dependencies,
  agent: InstanceId,
  request: HeartbeatRequest,
  reports: readonly TaskReport[],
): Promise<void> {
  const freed = await untilCommitted(`stop reports of ${agent.instanceId}`, async () => {
    const reservation = await requireCurrent(deps, agent, request);
    const stopped = await readStopped(
      deps,
      agent,
      request,
      reports.filter((report) => isHeld(reservation.value, report)),
    );
    if (stopped.length === 0) return undefined;
    const chunks = await SlotChunkEdit.open(
      deps,
      agent.cluster,
      stopped.map(({ task }) => task.value),
    );
    // What its instance was told to stop did nothing wrong, even when the task itself does not say so yet.
    const isLeaving = reservation.value.status === 'DEREGISTERING';
    const untold = isLeaving ? deregisteredStop(deps.clock.now()) : forgottenStop(agent.instanceId, deps.clock.now());
    const ended = stopped.map((one) => withReason(isLeaving ? { ...one, failed: false } : one, untold));
    const settled = settleStopped(deps, ended, chunks);
    const left = release(reservation.value, new Set(stopped.map(({ task }) => task.value.taskId)));
    const writes: Write[] = [...settled, ...chunks.writes(), put(reservations, agent, left, reservation.version)];
    const outcome = await deps.store.transact(writes);
    if (outcome.kind === 'conflict') return CONFLICT;
    deps.fleet.learn(left, reservation.version + 1);
    return left;
  });
  if (!freed) return;
  await nudgeWaiting(deps, agent.cluster);
  await wakeLastToLeave(deps, freed);
}

/** An agent says why it ended a task by itself; the task says who asked for its end. One that neither tells has a reason, too. */
const withReason = (one: StoppedTask, untold: StopRequest): StoppedTask =>
  (one.task.value.stop ?? one.final.stop) ? one : { ...one, final: { ...one.final, stop: untold } };

async function readStopped(
  deps: Dependencies,
  agent: InstanceId,
  request: HeartbeatRequest,
  reports: readonly TaskReport[],
): Promise<readonly StoppedTask[]> {
  const ids = reports.map(({ taskId }) => ({ cluster: agent.cluster, taskId }));
  const [found, observed] = await Promise.all([
    readMany(deps.store, tasks, ids),
    readMany(deps.store, observations, ids),
  ]);
  return reports.flatMap((report, position): StoppedTask[] => {
    const task = found[position];
    const before: Versioned<TaskObservation> | undefined = observed[position];
    if (!task || before?.value.status === 'STOPPED') return [];
    const final = observation(agent, request, report, before?.value);
    // What was fenced because contact was lost did nothing wrong.
    const failed = task.value.desiredStatus === 'RUNNING' && report.stop?.code !== 'InfrastructureHealth';
    return [{ task, observation: before, final, failed }];
  });
}
