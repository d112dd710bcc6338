import type { JsonObject } from '#core/json.ts';
import type { HeldTask, Reservation } from '#core/model/container-instance.ts';

/** Members most tasks do not have, so that they cost nothing where they are absent. */
type Seldom = Pick<HeldTask, 'ports' | 'stop' | 'grace' | 'daemon'>;

/** `group` is a position in the reservation's `groups`. */
type StoredTask =
  | readonly [taskId: string, epoch: number, cpu: number, memory: number, group: number]
  | readonly [taskId: string, epoch: number, cpu: number, memory: number, group: number, seldom: Seldom];

/** A reservation as the table holds it. */
interface StoredReservation extends Omit<Reservation, 'tasks'> {
  readonly groups: readonly string[];
  readonly tasks: readonly StoredTask[];
}

/**
 * Stores the tasks of a reservation without the names of their members, and each group's name once: every launch pays
 * for the whole item, by the KiB, so a task must not take more of it than its id and a few numbers.
 */
export const reservationCodec = {
  encode: (reservation: Reservation): JsonObject => {
    const groups = [...new Set(reservation.tasks.map(({ group }) => group))];
    const positions = new Map(groups.map((group, position) => [group, position]));
    const tasks = reservation.tasks.map((held) => storedTask(held, positions.get(held.group) ?? 0));
    const stored: StoredReservation = { ...reservation, groups, tasks };
    return stored as unknown as JsonObject;
  },

  /** Reads what `encode`, the only writer of reservations, has written. */
  decode: (value: JsonObject): Reservation => {
    const { groups, tasks, ...rest } = value as unknown as StoredReservation;
    return { ...rest, tasks: tasks.map((stored) => heldTask(stored, groups)) };
  },
};

function storedTask({ taskId, epoch, cpu, memory, ports, stop, grace, daemon }: HeldTask, group: number): StoredTask {
  if (!ports && !stop && !daemon) return [taskId, epoch, cpu, memory, group];
  return [
    taskId,
    epoch,
    cpu,
    memory,
    group,
    {
      ...(ports && { ports }),
      ...(stop && { stop }),
      ...(grace !== undefined && { grace }),
      ...(daemon && { daemon }),
    },
  ];
}

const heldTask = ([taskId, epoch, cpu, memory, group, seldom]: StoredTask, groups: readonly string[]): HeldTask => ({
  taskId,
  epoch,
  cpu,
  memory,
  group: groups[group] ?? '',
  ...seldom,
});
