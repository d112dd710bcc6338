import type { Room } from './room.ts';

/** Where the tasks of one group are, kept up to date while tasks are placed. */
export class GroupTally {
  readonly #stayingOn = new Map<Room, number>();
  readonly #byAttribute = new Map<string, Map<string, number>>();

  /** Counts one task of the group; one that is `stopping` is on its way out and does not count. */
  add(room: Room, stopping = false): void {
    if (stopping) return;
    increment(this.#stayingOn, room);
    for (const [name, counts] of this.#byAttribute) increment(counts, attributeOf(room, name));
  }

  countOn(room: Room): number {
    return this.#stayingOn.get(room) ?? 0;
  }

  /** Tasks of the group on all machines that share this machine's value of an attribute. */
  countBeside(room: Room, attribute: string): number {
    return this.#countsBy(attribute).get(attributeOf(room, attribute)) ?? 0;
  }

  #countsBy(name: string): Map<string, number> {
    const known = this.#byAttribute.get(name);
    if (known) return known;
    const counts = new Map<string, number>();
    for (const [room, count] of this.#stayingOn) increment(counts, attributeOf(room, name), count);
    this.#byAttribute.set(name, counts);
    return counts;
  }
}

/** The tallies of these groups. Looks at a machine's tasks only where one of the groups is, unless it asks for many. */
export function tallyGroups(rooms: readonly Room[], groups: Iterable<string>): Map<string, GroupTally> {
  const tallies = new Map([...groups].map((group) => [group, new GroupTally()]));
  const asked = [...tallies.keys()];
  for (const room of rooms) {
    if (asked.length <= room.groups.size && !asked.some((group) => room.groups.has(group))) continue;
    for (const held of room.candidate.reservation.tasks) tallies.get(held.group)?.add(room, held.stop);
  }
  return tallies;
}

export function tallyOf(tallies: Map<string, GroupTally>, group: string): GroupTally {
  const known = tallies.get(group);
  if (known) return known;
  const fresh = new GroupTally();
  tallies.set(group, fresh);
  return fresh;
}

/** Machines without the attribute share one value, so that they are spread over as one place. */
export const attributeOf = ({ candidate }: Room, name: string): string => candidate.reservation.attributes[name] ?? '';

const increment = <K>(counts: Map<K, number>, key: K, by = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + by);
};
