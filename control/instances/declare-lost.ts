import type { Lease, Reservation } from '#core/model/container-instance.ts';
import type { StopRequest, Task, TaskObservation } from '#core/model/task.ts';
import { release } from '#core/placement/reserve.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  check,
  type InstanceId,
  leases,
  observations,
  put,
  read,
  readMany,
  reservations,
  tasks,
  type Versioned,
} from '../records.ts';
import { SlotChunkEdit } from '../services/slot-chunks.ts';
import { wakeDaemons } from '../services/wake-daemons.ts';
import { type StoppedTask, settleStopped } from '../tasks/settle-stopped.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

const TASKS_PER_TRANSACTION = 20;

/** Rule R5: true once nobody could still hold this lease, on the server's clock plus its margin. */
export const isLeaseOver = (lease: Lease, now: number, serverMargin: number): boolean =>
  lease.expiresAt + serverMargin <= now;

/**
 * Declares an instance lost whose lease is over: its tasks end so that they are replaced elsewhere, and nothing is
 * placed on it until it has synced again. Rule R3: each transaction checks the very lease it was decided from, so an
 * agent that comes back in time wins.
 */
export async function declareLost(deps: Dependencies, id: InstanceId): Promise<void> {
  for (let isMore = true; isMore; ) {
    isMore = await untilCommitted(`loss of ${id.instanceId}`, () => loseSome(deps, id));
  }
  await wakeDaemons(deps, id.cluster);
}

async function loseSome(deps: Dependencies, id: InstanceId): Promise<boolean | typeof CONFLICT> {
  const [lease, reservation] = await Promise.all([read(deps.store, leases, id), read(deps.store, reservations, id)]);
  const isOver = lease && isLeaseOver(lease.value, deps.clock.now(), deps.timings.serverMargin);
  if (!isOver || !reservation || isLost(reservation.value)) return false;
  const batch = reservation.value.tasks.slice(0, TASKS_PER_TRANSACTION).map(({ taskId }) => taskId);
  const lost = await readLost(deps, reservation.value, batch);
  const chunks = await SlotChunkEdit.open(
    deps,
    id.cluster,
    lost.map(({ task }) => task.value),
  );
  const settled = settleStopped(deps, lost, chunks);
  const value = { ...release(reservation.value, new Set(batch)), schedulable: false };
  const outcome = await deps.store.transact([
    check(leases, id, lease.version),
    put(reservations, id, value, reservation.version),
    ...settled,
    ...chunks.writes(),
  ]);
  if (outcome.kind === 'conflict') return CONFLICT;
  deps.fleet.learn(value, reservation.version + 1);
  deps.log.warn('container instance lost', { ...id, tasks: lost.length });
  return value.tasks.length > 0;
}

/** Nothing left to do for an instance that holds nothing and takes nothing. */
export const isLost = (reservation: Reservation): boolean => !reservation.schedulable && reservation.tasks.length === 0;

async function readLost(
  deps: Dependencies,
  { cluster, instanceId, agentEpoch }: Reservation,
  taskIds: readonly string[],
): Promise<readonly StoppedTask[]> {
  const ids = taskIds.map((taskId) => ({ cluster, taskId }));
  const [found, observed] = await Promise.all([
    readMany(deps.store, tasks, ids),
    readMany(deps.store, observations, ids),
  ]);
  const stop: StopRequest = {
    code: 'InfrastructureHealth',
    reason: `Container instance ${instanceId} was lost: its agent stopped reporting.`,
    at: deps.clock.now(),
  };
  return found.flatMap((task, position): StoppedTask[] => {
    const before = observed[position];
    if (!task || before?.value.status === 'STOPPED') return [];
    return [
      {
        task,
        observation: before,
        final: lostObservation(task, before?.value, stop, { instanceId, agentEpoch }),
        failed: false,
      },
    ];
  });
}

const lostObservation = (
  task: Versioned<Task>,
  before: TaskObservation | undefined,
  stop: StopRequest,
  owner: Pick<Reservation, 'instanceId' | 'agentEpoch'>,
): TaskObservation => ({
  ...(before ?? { containers: [] }),
  ...owner,
  taskId: task.value.taskId,
  epoch: task.value.epoch,
  status: 'STOPPED',
  // Who was asked to stop before has that reason, however it ended.
  stop: task.value.stop ?? stop,
  stoppedAt: stop.at,
  updates: (before?.updates ?? 0) + 1,
});
