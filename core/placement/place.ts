import type { RejectionReason, Unplaced } from '../model/placement.ts';
import type { Task } from '../model/task.ts';
import { choose } from './choose.ts';
import { type GroupTally, tallyGroups, tallyOf } from './group-tally.ts';
import { type Candidate, type Room, rejection, roomOf, take } from './room.ts';

export type { Candidate } from './room.ts';

export type PlacementDecision =
  | {
      readonly kind: 'placed';
      readonly task: Task;
      readonly instanceId: string;
    }
  | { readonly kind: 'unplaced'; readonly task: Task; readonly why: Unplaced };

/**
 * Gives each task a machine, in the order of the tasks; each decision sees the ones before it.
 * `random` is uniform in [0, 1) and settles ties; equal numbers give equal decisions.
 * A `memberOf` constraint is not weighed here: the API accepts none.
 */
export function place(
  demands: readonly Task[],
  fleet: readonly Candidate[],
  random: () => number,
): readonly PlacementDecision[] {
  const rooms = fleet.map(roomOf);
  const tallies = tallyGroups(rooms);
  return demands.map((task) => {
    const eligible = task.pinnedTo === undefined ? rooms : rooms.filter((room) => idOf(room) === task.pinnedTo);
    return decide(task, eligible, tallyOf(tallies, task.group), random);
  });
}

function decide(task: Task, rooms: readonly Room[], tally: GroupTally, random: () => number): PlacementDecision {
  const distinct = task.placementConstraints.some((constraint) => constraint.type === 'distinctInstance');
  const fitting: Room[] = [];
  const rejected: Partial<Record<RejectionReason, number>> = {};
  for (const room of rooms) {
    const reason = rejection(room, task) ?? (distinct && tally.holds(room) ? 'DISTINCT_INSTANCE' : undefined);
    if (reason) rejected[reason] = (rejected[reason] ?? 0) + 1;
    else fitting.push(room);
  }
  const room = choose(fitting, task, tally, random);
  if (!room)
    return {
      kind: 'unplaced',
      task,
      why: { considered: rooms.length, rejected },
    };
  take(room, task);
  tally.add(room);
  return { kind: 'placed', task, instanceId: idOf(room) };
}

const idOf = (room: Room): string => room.candidate.reservation.instanceId;
