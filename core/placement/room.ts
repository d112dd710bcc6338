import type { Reservation } from '../model/container-instance.ts';
import { MAX_TASKS_PER_INSTANCE } from '../model/container-instance.ts';
import type { RejectionReason } from '../model/placement.ts';
import type { HostPort } from '../model/resources.ts';
import type { Task } from '../model/task.ts';
import { freeResources } from './reserve.ts';

/** One instance as placement weighs it. */
export interface Candidate {
  readonly reservation: Reservation;
  /** False once its lease ran out. */
  readonly connected: boolean;
}

/** What is left of one candidate while one call of `place` gives it tasks: the only mutable state of placement. */
export interface Room {
  readonly candidate: Candidate;
  cpu: number;
  memory: number;
  tasks: number;
  /** Host ports held, as `port/protocol`. */
  readonly ports: Set<string>;
}

export function roomOf(candidate: Candidate): Room {
  const { reservation } = candidate;
  const ports = reservation.tasks.flatMap((held) => (held.ports ?? []).map(portName));
  return {
    candidate,
    ...freeResources(reservation),
    tasks: reservation.tasks.length,
    ports: new Set(ports),
  };
}

/** Takes the task's share out of the room. */
export function take(room: Room, task: Task): void {
  room.cpu -= task.resources.cpu;
  room.memory -= task.resources.memory;
  room.tasks += 1;
  for (const port of task.hostPorts) room.ports.add(portName(port));
}

/** The first reason why the machine itself cannot take the task; undefined when it can. */
export function rejection(room: Room, task: Task): RejectionReason | undefined {
  const { reservation, connected } = room.candidate;
  if (!connected || !reservation.schedulable) return 'AGENT';
  if (reservation.status !== 'ACTIVE') return reservation.status;
  if (task.resources.cpu > room.cpu) return 'RESOURCE:CPU';
  if (task.resources.memory > room.memory) return 'RESOURCE:MEMORY';
  if (task.hostPorts.some((port) => room.ports.has(portName(port)))) return 'RESOURCE:PORTS';
  return room.tasks >= MAX_TASKS_PER_INSTANCE ? 'RESOURCE:TASKS' : undefined;
}

const portName = ({ port, protocol }: HostPort): string => `${port}/${protocol}`;
