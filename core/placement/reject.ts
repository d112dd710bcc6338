import { isServedBy } from '../capacity/pool.ts';
import type { RejectionReason } from '../model/placement.ts';
import type { Task } from '../model/task.ts';
import { areMet, type Constraints } from './constraints.ts';
import type { GroupTally } from './group-tally.ts';
import { type Room, rejection } from './room.ts';

/**
 * Why a task cannot go into a room: because its machine is another capacity provider's, for lack of room, or because a
 * placement constraint forbids it.
 */
export function reject(
  room: Room,
  task: Task,
  tally: GroupTally,
  constraints: Constraints,
): RejectionReason | undefined {
  if (!isServedBy(task, room.candidate.reservation.capacityProvider)) return 'CAPACITY_PROVIDER';
  const reason = rejection(room, task);
  if (reason) return reason;
  if (!areMet(constraints, room)) return 'ATTRIBUTE';
  // As on ECS it is the desired status that counts: a task on its way out keeps nobody away.
  return constraints.isDistinct && tally.countOn(room) > 0 ? 'DISTINCT_INSTANCE' : undefined;
}

/** A task that names its one instance sees no other. */
export const isEligible = ({ pinnedTo }: Task, room: Room): boolean =>
  pinnedTo === undefined || room.candidate.reservation.instanceId === pinnedTo;
