import type { Reservation } from '../model/container-instance.ts';
import type { HostPort, Resources } from '../model/resources.ts';
import { areMet, type Constraints } from './constraints.ts';
import { roomOf } from './room.ts';

/** A daemon service as placement sees it: what each of its tasks takes, and where they belong. */
export interface Daemon {
  /** `service:<name>`. */
  readonly group: string;
  readonly resources: Resources;
  readonly hostPorts: readonly HostPort[];
  readonly constraints: Constraints;
}

/**
 * True for an instance that the daemon's constraints select and that is large enough for its task when it is empty.
 * Its own task does not count among the facts: a daemon must not disqualify the machine it runs on.
 */
export function belongsOn({ group, resources, constraints }: Daemon, reservation: Reservation): boolean {
  const { total, tasks } = reservation;
  if (resources.cpu > total.cpu || resources.memory > total.memory) return false;
  if (constraints.queries.length === 0) return true;
  const facts = constraints.dependOnTasks
    ? { ...reservation, tasks: tasks.filter((held) => held.group !== group) }
    : reservation;
  return areMet(constraints, roomOf({ reservation: facts, connected: true }));
}
