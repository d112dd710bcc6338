import type { HeldTask, Reservation } from '../model/container-instance.ts';
import type { Resources } from '../model/resources.ts';
import type { Task } from '../model/task.ts';
import { areMet, type Constraints } from './constraints.ts';
import { type Claim, portName, roomOf } from './room.ts';

/** A daemon service as placement sees it: what each of its tasks takes, and where they belong. */
export interface Daemon extends Pick<Task, 'group' | 'resources' | 'hostPorts'> {
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

/**
 * What daemons lack on an instance: room that only their own tasks may take, so that a machine which joins, and one whose
 * daemon is being replaced, is not filled by others first. What a daemon's task holds already is no claim.
 */
export function claimsOn(daemons: readonly Daemon[], reservation: Reservation): readonly Claim[] {
  if (reservation.status !== 'ACTIVE') return [];
  return daemons.flatMap((daemon) => {
    const held = reservation.tasks.filter((task) => task.daemon && task.group === daemon.group);
    const claim = claimOf(daemon, held);
    const isAny = claim.tasks > 0 || claim.cpu > 0 || claim.memory > 0 || claim.ports.length > 0;
    return isAny && belongsOn(daemon, reservation) ? [claim] : [];
  });
}

function claimOf({ group, resources, hostPorts }: Daemon, held: readonly HeldTask[]): Claim {
  const has = new Set(held.flatMap(({ ports = [] }) => ports.map(portName)));
  return {
    group,
    cpu: lacking(resources, held, 'cpu'),
    memory: lacking(resources, held, 'memory'),
    ports: hostPorts.map(portName).filter((port) => !has.has(port)),
    tasks: held.length > 0 ? 0 : 1,
  };
}

const lacking = (wanted: Resources, held: readonly HeldTask[], amount: keyof Resources): number =>
  Math.max(0, wanted[amount] - held.reduce((sum, task) => sum + task[amount], 0));
