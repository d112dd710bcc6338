import type { RejectionReason } from '../model/placement.ts';
import type { Resources } from '../model/resources.ts';
import type { Task } from '../model/task.ts';
import { type Constraints, constraintsOf } from './constraints.ts';
import { type GroupTally, tallyGroups, tallyOf } from './group-tally.ts';
import { isEligible, reject } from './reject.ts';
import { remediesOf } from './remedies.ts';
import { type Candidate, offerOf, type Room, roomOf } from './room.ts';

/** Why one instance cannot take the task. CPU units or MiB are given where the amount is what counts. */
export interface InstanceRejection {
  readonly instanceId: string;
  readonly reason: RejectionReason;
  readonly needed?: number;
  readonly free?: number;
}

/** Everything placement knows about one task that waits. */
export interface PlacementExplanation {
  readonly considered: number;
  /** Instances that could take it now: then it is about to be placed. */
  readonly fits: readonly string[];
  readonly rejections: readonly InstanceRejection[];
  /** Sentences that say what would help, the most likely first; empty when something fits. */
  readonly remedies: readonly string[];
}

/** Asks of every instance what `place` asks of it, and says the answers one by one. */
export function explainPlacement(task: Task, fleet: readonly Candidate[]): PlacementExplanation {
  const rooms = fleet.map(roomOf).filter((room) => isEligible(task, room));
  const tally = tallyOf(tallyGroups(rooms, [task.group]), task.group);
  const constraints = constraintsOf(task);
  const fits = rooms.filter((room) => reject(room, task, tally, constraints) === undefined);
  const rejections = rooms.flatMap((room) => rejectionOf(room, task, tally, constraints));
  return {
    considered: rooms.length,
    fits: fits.map(({ candidate }) => candidate.reservation.instanceId),
    rejections,
    remedies: fits.length > 0 ? [] : remediesOf(task, rooms, rejections),
  };
}

function rejectionOf(
  room: Room,
  task: Task,
  tally: GroupTally,
  constraints: Constraints,
): readonly InstanceRejection[] {
  const reason = reject(room, task, tally, constraints);
  if (reason === undefined) return [];
  const { instanceId } = room.candidate.reservation;
  const amount = AMOUNTS[reason];
  return [
    { instanceId, reason, ...(amount ? { needed: task.resources[amount], free: offerOf(room, task)[amount] } : {}) },
  ];
}

const AMOUNTS: Readonly<Partial<Record<RejectionReason, keyof Resources>>> = {
  'RESOURCE:CPU': 'cpu',
  'RESOURCE:MEMORY': 'memory',
};
