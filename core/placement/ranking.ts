import type { RejectionReason, Unplaced } from '../model/placement.ts';
import type { Task } from '../model/task.ts';
import { type Constraints, constraintsOf } from './constraints.ts';
import { attributeOf, type GroupTally } from './group-tally.ts';
import { isEligible, reject } from './reject.ts';
import type { Room } from './room.ts';
import { type Score, type Scores, scoresOf } from './strategies.ts';

/** Rooms that share the value of every attribute spread over, so that only their own scores tell them apart. */
interface Place {
  readonly rooms: Room[];
  /** The best of them; undefined when they must be looked at again. */
  lead: Lead | undefined;
}

/** Never empty: rooms of equal scores. */
interface Lead {
  readonly rooms: Room[];
  readonly scores: readonly number[];
}

/**
 * The rooms that can take tasks of one shape, with the best at hand, so that a thousand equal tasks look at the whole
 * fleet once. A room changes only when a task is put into it: what was taken since is looked at again before choosing.
 * Invariant: a room that was rejected stays rejected, because within one call of `place` nothing is given back; but for
 * a constraint that asks for the tasks of a room, which are looked at again.
 */
export class Ranking {
  readonly #task: Task;
  readonly #tally: GroupTally;
  readonly #constraints: Constraints;
  readonly #eligible: readonly Room[];
  readonly #scores: Scores;
  readonly #places = new Map<string, Place>();
  /** How much of the log of taken rooms was looked at. */
  #seen: number;
  #why: Unplaced | undefined;

  constructor(task: Task, rooms: readonly Room[], tally: GroupTally, seen: number) {
    this.#task = task;
    this.#tally = tally;
    this.#constraints = constraintsOf(task);
    this.#eligible = task.pinnedTo === undefined ? rooms : rooms.filter((room) => isEligible(task, room));
    this.#scores = scoresOf(task, tally);
    this.#seen = seen;
    for (const room of this.#eligible) if (this.#rejection(room) === undefined) this.#placeOf(room).rooms.push(room);
  }

  /** One of the best rooms, settled by `random`; undefined when none can take the task. `taken` only ever grows. */
  choose(taken: readonly Room[], random: () => number): Room | undefined {
    for (; this.#seen < taken.length; this.#seen += 1) this.#lookAgain(taken[this.#seen]);
    const best = this.#bestLeads();
    const ties = best.reduce((sum, { rooms }) => sum + rooms.length, 0);
    let at = ties > 1 ? Math.floor(random() * ties) : 0;
    for (const { rooms } of best) {
      if (at < rooms.length) return rooms[at];
      at -= rooms.length;
    }
    return undefined;
  }

  /** Why no room could be chosen. */
  why(): Unplaced {
    this.#why ??= { considered: this.#eligible.length, rejected: this.#countRejected() };
    return this.#why;
  }

  #countRejected(): Partial<Record<RejectionReason, number>> {
    const rejected: Partial<Record<RejectionReason, number>> = {};
    for (const room of this.#eligible) {
      const reason = this.#rejection(room);
      if (reason) rejected[reason] = (rejected[reason] ?? 0) + 1;
    }
    return rejected;
  }

  #rejection(room: Room): RejectionReason | undefined {
    return reject(room, this.#task, this.#tally, this.#constraints);
  }

  #placeOf(room: Room): Place {
    const name = placeName(room, this.#scores.attributes);
    const known = this.#places.get(name);
    if (known) return known;
    const fresh: Place = { rooms: [], lead: undefined };
    this.#places.set(name, fresh);
    return fresh;
  }

  /** Takes in that one more task is in the room. */
  #lookAgain(room: Room | undefined): void {
    this.#why = undefined;
    if (!room) return;
    const place = this.#placeOf(room);
    if (!place.rooms.includes(room)) {
      this.#admit(place, room);
      return;
    }
    const isFit = this.#rejection(room) === undefined;
    if (!isFit) drop(place.rooms, room);
    if (!place.lead) return;
    const { rooms, scores } = place.lead;
    drop(rooms, room);
    const order = compare(room, this.#scores.ofRoom, scores);
    if (isFit && order < 0) place.lead = { rooms: [room], scores: scoresFor(room, this.#scores.ofRoom) };
    else if (isFit && order === 0) rooms.push(room);
    else if (rooms.length === 0) place.lead = undefined;
  }

  /** Takes in a room that was rejected, when the task put into it since is what the constraints ask for. */
  #admit(place: Place, room: Room): void {
    if (!this.#constraints.dependOnTasks || !this.#eligible.includes(room)) return;
    if (this.#rejection(room) !== undefined) return;
    place.rooms.push(room);
    place.lead = undefined;
  }

  /** The leads of the places that no other place beats. */
  #bestLeads(): readonly Lead[] {
    let best: Lead[] = [];
    let least: readonly number[] = [];
    for (const place of this.#places.values()) {
      place.lead ??= leadOf(place.rooms, this.#scores.ofRoom);
      const [first] = place.lead?.rooms ?? [];
      if (!place.lead || !first) continue;
      const order = best.length === 0 ? -1 : compare(first, this.#scores.all, least);
      if (order > 0) continue;
      if (order < 0) {
        best = [];
        least = scoresFor(first, this.#scores.all);
      }
      best.push(place.lead);
    }
    return best;
  }
}

function leadOf(rooms: readonly Room[], scores: readonly Score[]): Lead | undefined {
  let lead: Lead | undefined;
  for (const room of rooms) {
    const order = lead ? compare(room, scores, lead.scores) : -1;
    if (order < 0) lead = { rooms: [room], scores: scoresFor(room, scores) };
    else if (order === 0) lead?.rooms.push(room);
  }
  return lead;
}

const scoresFor = (room: Room, scores: readonly Score[]): readonly number[] => scores.map((score) => score(room));

/** Below zero when the room wins over these numbers at the first that differs. Makes nothing: the fleet may be large. */
function compare(room: Room, scores: readonly Score[], others: readonly number[]): number {
  for (let position = 0; position < scores.length; position += 1) {
    const difference = (scores[position]?.(room) ?? 0) - (others[position] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Lengths keep two values from running into each other. */
function placeName(room: Room, attributes: readonly string[]): string {
  const [first] = attributes;
  if (first === undefined) return '';
  if (attributes.length === 1) return attributeOf(room, first);
  return attributes
    .map((name) => attributeOf(room, name))
    .map((value) => `${value.length}:${value}`)
    .join('');
}

function drop(rooms: Room[], room: Room): void {
  const at = rooms.indexOf(room);
  if (at >= 0) rooms.splice(at, 1);
}
