import type { StopRequest, Task } from '#core/model/task.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { markStopping } from '#core/placement/reserve.ts';
import type { ServiceAction } from '#core/service/service-plan.ts';
import { markSlotStopping } from '#core/service/slot-transitions.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ReservationChange } from '../instances/ring-agents.ts';
import type { Write } from '../ports.ts';
import { check, observations, put, readMany, reservations, tasks, type Versioned } from '../records.ts';
import { neverRan, settleStopped } from '../tasks/settle-stopped.ts';
import { serviceTaskId } from './service-task.ts';
import type { SlotChunkEdit } from './slot-chunks.ts';

export interface ServiceStops {
  readonly writes: readonly Write[];
  readonly rung: readonly ReservationChange[];
  readonly taskIds: readonly string[];
  /** True when the plan is out of date: a task it took for not yet running has been reported RUNNING. */
  readonly isStale: boolean;
}

type Stop = Extract<ServiceAction, { kind: 'stop' }>;

/** The writes that stop some of a service's tasks; slot changes go into `chunks`. */
export async function stopServiceTasks(
  deps: Dependencies,
  service: AnyService,
  stops: readonly Stop[],
  chunks: SlotChunkEdit,
): Promise<ServiceStops> {
  const { cluster, name } = service;
  const ids = stops.map(({ epoch, ...slot }) => ({
    cluster,
    taskId: serviceTaskId(deps, cluster, { service: name, deployment: slot.deployment, index: slot.index }, epoch),
  }));
  const found = (await readMany(deps.store, tasks, ids)).filter((task) => task !== undefined);
  const stopOf = (task: Task): StopRequest => ({
    code: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${initiatorOf(service, task)})`,
    at: deps.clock.now(),
  });
  const assigned = found.filter((task) => task.value.assignment);
  const unassigned = found.filter((task) => !task.value.assignment);
  const pending = new Set(ids.filter((_, at) => !stops[at]?.healthy).map(({ taskId }) => taskId));
  const unseen = await checkUnseen(
    deps,
    assigned.filter(({ value }) => pending.has(value.taskId)),
  );
  const marked = await markReservations(deps, cluster, assigned);
  for (const task of assigned) chunks.change(task.value, markSlotStopping);
  const taskWrites = assigned.map(({ value, version }) =>
    put(tasks, { cluster, taskId: value.taskId }, { ...value, desiredStatus: 'STOPPED', stop: stopOf(value) }, version),
  );
  const ended = unassigned.map((task) => ({
    task,
    observation: undefined,
    final: neverRan(task.value, stopOf(task.value)),
    failed: false,
  }));
  return {
    writes: [...taskWrites, ...unseen.checks, ...marked.writes, ...settleStopped(deps, ended, chunks)],
    rung: marked.rung,
    taskIds: found.map(({ value }) => value.taskId),
    isStale: unseen.isStale,
  };
}

/** Whose rollout stops a task: the newest deployment's, or its own task set's, which nothing replaces. */
const initiatorOf = (service: AnyService, { slot }: Task): string | undefined =>
  service.scheduler === 'task-sets' ? slot?.deployment : service.deployment.id;

/**
 * Rule R18: a task that was not seen RUNNING may stop without counting as healthy, so the transaction checks that no
 * report of it has come since. A stop that nobody could see to be healthy is the only one that skips the minimum.
 */
async function checkUnseen(
  deps: Dependencies,
  pending: readonly Versioned<Task>[],
): Promise<{ readonly checks: readonly Write[]; readonly isStale: boolean }> {
  const ids = pending.map(({ value: { cluster, taskId } }) => ({ cluster, taskId }));
  const seen = await readMany(deps.store, observations, ids);
  return {
    checks: ids.map((id, at) => check(observations, id, seen[at]?.version ?? 'absent')),
    isStale: seen.some((observation) => observation?.value.status === 'RUNNING'),
  };
}

/** One put per machine, whatever the number of its tasks that stop. */
async function markReservations(
  deps: Dependencies,
  cluster: string,
  stopping: readonly Versioned<Task>[],
): Promise<Pick<ServiceStops, 'writes' | 'rung'>> {
  const instanceIds = [...new Set(stopping.flatMap(({ value }) => value.assignment?.instanceId ?? []))];
  const found = await readMany(
    deps.store,
    reservations,
    instanceIds.map((instanceId) => ({ cluster, instanceId })),
  );
  const rung = found.flatMap((reservation): ReservationChange[] => {
    const held = new Set(reservation?.value.tasks.map(({ taskId }) => taskId));
    const stopped = stopping.map(({ value }) => value.taskId).filter((taskId) => held.has(taskId));
    if (!reservation || stopped.length === 0) return [];
    const after = markStopping(reservation.value, new Set(stopped));
    return [{ reservation: after, version: reservation.version + 1, started: [], stopped }];
  });
  const writes = rung.map(({ reservation, version }) =>
    put(reservations, { cluster, instanceId: reservation.instanceId }, reservation, version - 1),
  );
  return { writes, rung };
}
