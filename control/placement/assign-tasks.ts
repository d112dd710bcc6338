import type { Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { hold } from '#core/placement/reserve.ts';
import type { Expectation, Write } from '../ports.ts';
import { put, reservations, tasks } from '../records.ts';
import { podOfTaskWake } from '../tasks/owner-of-task-wake.ts';
import type { FleetMember } from './fleet.ts';

/** A task and the machine placement chose; `expect` is the version read, or 'absent' for a task being made. */
export interface PlacedTask {
  readonly task: Task;
  readonly expect: Expectation;
  readonly instanceId: string;
}

/** One machine's reservation as it stands once the writes are committed. */
export interface ChangedReservation {
  readonly reservation: Reservation;
  readonly version: number;
  readonly started: readonly Task[];
}

export interface Assignments {
  readonly writes: readonly Write[];
  readonly reservations: readonly ChangedReservation[];
  /** Every task as committed, machine by machine. */
  readonly tasks: readonly Task[];
}

/**
 * The writes that give tasks to machines: one put per machine and one per task, for one transaction (rule R14).
 * Every `instanceId` must be in `members`; the caller keeps the transaction within its bounds.
 */
export function assignmentWrites(
  placed: readonly PlacedTask[],
  members: ReadonlyMap<string, FleetMember>,
  now: number,
): Assignments {
  const byInstance = Map.groupBy(placed, (entry) => entry.instanceId);
  const machines = [...byInstance].map(([instanceId, entries]) => {
    const member = members.get(instanceId);
    if (!member) throw new TypeError(`placement chose ${instanceId}, which is not in the fleet`);
    return assignTo(member, entries, now);
  });
  return {
    writes: machines.flatMap((machine) => machine.writes),
    reservations: machines.map((machine) => machine.changed),
    tasks: machines.flatMap((machine) => machine.changed.started),
  };
}

function assignTo(
  { reservation, version }: FleetMember,
  entries: readonly PlacedTask[],
  now: number,
): { writes: readonly Write[]; changed: ChangedReservation } {
  const { cluster, instanceId } = reservation;
  const started = entries.map(({ task }) => assigned(task, instanceId, now));
  const after = started.reduce(hold, reservation);
  // No index on the tasks: an assigned task leaves the sparse index of those that wait for room.
  const taskWrites = started.map((task, at) =>
    put(tasks, { cluster, taskId: task.taskId }, task, entries[at]?.expect ?? 'absent', podOfTaskWake(task)),
  );
  return {
    writes: [put(reservations, { cluster, instanceId }, after, version), ...taskWrites],
    changed: { reservation: after, version: version + 1, started },
  };
}

function assigned(task: Task, instanceId: string, at: number): Task {
  const { unplaced: _unplaced, ...rest } = task;
  return { ...rest, assignment: { instanceId, at } };
}
