import type { Unplaced } from '../model/placement.ts';
import type { Task } from '../model/task.ts';
import { type GroupTally, tallyGroups, tallyOf } from './group-tally.ts';
import { Ranking } from './ranking.ts';
import { type Candidate, type Room, roomOf, take } from './room.ts';

export type { Candidate } from './room.ts';

export type PlacementDecision =
  | {
      readonly kind: 'placed';
      readonly task: Task;
      readonly instanceId: string;
    }
  | { readonly kind: 'unplaced'; readonly task: Task; readonly why: Unplaced };

/** What one call of `place` knows and changes. */
interface Board {
  readonly rooms: readonly Room[];
  readonly tallies: Map<string, GroupTally>;
  /** By the shape of the tasks they rank rooms for. */
  readonly rankings: Map<string, Ranking>;
  /** The room of each decision so far. */
  readonly taken: Room[];
}

/**
 * Gives each task a machine, in the order of the tasks; each decision sees the ones before it.
 * `random` is uniform in [0, 1) and settles ties; equal numbers give equal decisions.
 */
export function place(
  demands: readonly Task[],
  fleet: readonly Candidate[],
  random: () => number,
): readonly PlacementDecision[] {
  const rooms = fleet.map(roomOf);
  const tallies = tallyGroups(
    rooms,
    demands.map(({ group }) => group),
  );
  const board: Board = { rooms, tallies, rankings: new Map(), taken: [] };
  return demands.map((task) => decide(task, board, random));
}

function decide(task: Task, board: Board, random: () => number): PlacementDecision {
  const ranking = rankingFor(task, board);
  const room = ranking.choose(board.taken, random);
  if (!room) return { kind: 'unplaced', task, why: ranking.why() };
  take(room, task);
  tallyOf(board.tallies, task.group).add(room);
  board.taken.push(room);
  return { kind: 'placed', task, instanceId: room.candidate.reservation.instanceId };
}

function rankingFor(task: Task, { rooms, tallies, rankings, taken }: Board): Ranking {
  const shape = shapeOf(task);
  const known = rankings.get(shape);
  if (known) return known;
  const fresh = new Ranking(task, rooms, tallyOf(tallies, task.group), taken.length);
  rankings.set(shape, fresh);
  return fresh;
}

/** Everything of a task that placement looks at: equal shapes see equal rooms. */
const shapeOf = (task: Task): string =>
  JSON.stringify([
    task.group,
    task.slot !== undefined,
    task.pinnedTo ?? null,
    task.launchType,
    task.capacityProvider ?? null,
    task.resources.cpu,
    task.resources.memory,
    task.hostPorts,
    task.gpus ?? 0,
    task.placementConstraints,
    task.placementStrategy,
  ]);
