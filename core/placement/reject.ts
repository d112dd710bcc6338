import type { RejectionReason } from '../model/placement.ts';
import type { Task } from '../model/task.ts';
import type { GroupTally } from './group-tally.ts';
import { type Room, rejection } from './room.ts';

/** Why a task cannot go into a room: for lack of room, or because a placement constraint forbids it. */
export function reject(room: Room, task: Task, tally: GroupTally): RejectionReason | undefined {
  const reason = rejection(room, task);
  if (reason || task.placementConstraints.length === 0) return reason;
  const isDistinct = task.placementConstraints.some(({ type }) => type === 'distinctInstance');
  return isDistinct && tally.holds(room) ? 'DISTINCT_INSTANCE' : undefined;
}

/** A task that names its one instance sees no other. */
export const isEligible = ({ pinnedTo }: Task, room: Room): boolean =>
  pinnedTo === undefined || room.candidate.reservation.instanceId === pinnedTo;
