import type { Reservation } from '../model/container-instance.ts';
import { MAX_TASKS_PER_INSTANCE } from '../model/container-instance.ts';
import type { RejectionReason } from '../model/placement.ts';
import type { HostPort, Resources } from '../model/resources.ts';
import type { Task } from '../model/task.ts';
import type { InstanceFacts } from './query/query.ts';
import { freeResources, isDaemonTask } from './reserve.ts';

/** One instance as placement weighs it. */
export interface Candidate {
  readonly reservation: Reservation;
  /** False once its lease ran out. */
  readonly connected: boolean;
  /** Absent means none. */
  readonly claims?: readonly Claim[];
}

/** Room on one instance that is kept for a daemon's task. */
export interface Claim extends Resources {
  /** Group of the daemon's tasks. */
  readonly group: string;
  /** Host ports, as `port/protocol`. */
  readonly ports: readonly string[];
  readonly tasks: number;
}

/** What is left of one candidate while one call of `place` gives it tasks: the only mutable state of placement. */
export interface Room {
  readonly candidate: Candidate;
  cpu: number;
  memory: number;
  tasks: number;
  /** Host ports held, as `port/protocol`. Shared with the reservation's other rooms: replaced, never changed. */
  ports: ReadonlySet<string>;
  /** Groups of the tasks its reservation holds; what was taken since is in the tallies. */
  readonly groups: ReadonlySet<string>;
  /** Groups of the tasks it holds and was given that are not on their way out. Replaced, never changed. */
  staying: ReadonlySet<string>;
  /** What daemons have not taken up yet. Replaced, never changed. */
  claims: readonly Claim[];
}

const NO_CLAIMS: readonly Claim[] = [];

/** What a reservation leaves, added up once: reservations are values that never change, and live as long as a cache. */
const knownShares = new WeakMap<Reservation, Share>();

type Share = Pick<Room, 'cpu' | 'memory' | 'ports' | 'groups' | 'staying'>;

const NO_PORTS: ReadonlySet<string> = new Set();

export function roomOf(candidate: Candidate): Room {
  const { reservation, claims = NO_CLAIMS } = candidate;
  const { cpu, memory, ports, groups, staying } = shareOf(reservation);
  return { candidate, cpu, memory, tasks: reservation.tasks.length, ports, groups, staying, claims };
}

function shareOf(reservation: Reservation): Share {
  const known = knownShares.get(reservation);
  if (known) return known;
  const ports = reservation.tasks.flatMap((held) => (held.ports ?? []).map(portName));
  const groups = new Set(reservation.tasks.map(({ group }) => group));
  const isAnyStopping = reservation.tasks.some(({ stop }) => stop);
  const share = {
    ...freeResources(reservation),
    ports: ports.length > 0 ? new Set(ports) : NO_PORTS,
    groups,
    staying: isAnyStopping ? stayingGroups(reservation) : groups,
  };
  knownShares.set(reservation, share);
  return share;
}

export const stayingGroups = ({ tasks }: Reservation): ReadonlySet<string> =>
  new Set(tasks.flatMap(({ group, stop }) => (stop ? [] : [group])));

/** What a placement constraint can ask of the instance as it stands: the tasks it holds count as running. */
export const factsOf = ({ candidate, tasks, staying }: Room): InstanceFacts => ({
  ...reservationFacts(candidate.reservation),
  agentConnected: candidate.connected,
  runningTasksCount: tasks,
  groups: staying,
});

/** The facts about an instance that tasks do not change. */
export const reservationFacts = (reservation: Reservation): Omit<InstanceFacts, LiveFact> => ({
  agentVersion: reservation.agentVersion,
  attributes: reservation.attributes,
  ec2InstanceId: reservation.machineId,
  registeredAt: reservation.registeredAt,
});
type LiveFact = 'agentConnected' | 'runningTasksCount' | 'groups';

/** Takes the task's share out of the room. */
export function take(room: Room, task: Task): void {
  room.cpu -= task.resources.cpu;
  room.memory -= task.resources.memory;
  room.tasks += 1;
  if (!room.staying.has(task.group)) room.staying = new Set([...room.staying, task.group]);
  if (room.claims.length > 0) room.claims = room.claims.filter(({ group }) => group !== task.group);
  if (task.hostPorts.length > 0) room.ports = new Set([...room.ports, ...task.hostPorts.map(portName)]);
}

/**
 * What the task may take of the room. A daemon's own may take what other daemons claim, too: of two that lack more than
 * there is, neither would ever start.
 */
export const offerOf = (room: Room, task: Task): Offer =>
  room.claims.length > 0 && !isDaemonTask(task) ? unclaimed(room) : room;

type Offer = Pick<Room, 'cpu' | 'memory' | 'tasks' | 'ports'>;

/** A task that asks for none of what is claimed in excess is not concerned: nothing offered is below nothing. */
const unclaimed = ({ claims, cpu, memory, tasks, ports }: Room): Offer => ({
  cpu: Math.max(
    0,
    claims.reduce((left, claim) => left - claim.cpu, cpu),
  ),
  memory: Math.max(
    0,
    claims.reduce((left, claim) => left - claim.memory, memory),
  ),
  tasks: claims.reduce((sum, claim) => sum + claim.tasks, tasks),
  ports: claims.some((claim) => claim.ports.length > 0)
    ? new Set([...ports, ...claims.flatMap((claim) => claim.ports)])
    : ports,
});

/** The first reason why the machine itself cannot take the task; undefined when it can. */
export function rejection(room: Room, task: Task): RejectionReason | undefined {
  const { reservation, connected } = room.candidate;
  if (!connected || !reservation.schedulable) return 'AGENT';
  if (reservation.status !== 'ACTIVE') return reservation.status;
  const offer = offerOf(room, task);
  if (task.resources.cpu > offer.cpu) return 'RESOURCE:CPU';
  if (task.resources.memory > offer.memory) return 'RESOURCE:MEMORY';
  // No agent offers one yet, so a task that needs one is told so instead of being started without.
  if (task.gpus) return 'RESOURCE:GPU';
  if (task.hostPorts.some((port) => offer.ports.has(portName(port)))) return 'RESOURCE:PORTS';
  return offer.tasks >= MAX_TASKS_PER_INSTANCE ? 'RESOURCE:TASKS' : undefined;
}

export const portName = ({ port, protocol }: HostPort): string => `${port}/${protocol}`;
