import type { CapacityState } from '../model/container-instance.ts';
import type { Candidate } from '../placement/room.ts';
import type { Timings } from '../timings.ts';

/** What a capacity provider says of one of its machines. */
export interface ProvidedMachine {
  readonly machineId: string;
  readonly state: 'starting' | 'running' | 'stopped';
}

/** The instance a machine registered as; `connected` is false once its lease ran out. */
export type MachineInstance = Candidate;

export type RememberedMachine = CapacityState['machines'][number];

/** One machine with everything known about it. */
export interface MachineView {
  readonly memory: RememberedMachine;
  readonly provided: ProvidedMachine | undefined;
  /** Absent before it registered and after it was deregistered. */
  readonly instance: MachineInstance | undefined;
}

/**
 * unlaunched: intended, but not there: the launch was lost, or the machine stopped by itself.
 * starting: has not registered yet. idle, busy: registered and heard from. unreachable: registered, not heard from.
 * leaving: draining. failed: will never be of use. gone: the provider no longer has it.
 */
export type MachinePhase = 'unlaunched' | 'starting' | 'idle' | 'busy' | 'unreachable' | 'leaving' | 'failed' | 'gone';

/** How a machine stands now; `memory` must already carry this run's idle and unreachable marks. */
export function machinePhase(
  { memory, provided, instance }: MachineView,
  now: number,
  timings: Pick<Timings, 'machineStart'>,
): MachinePhase {
  const isOverdue = now - memory.launchedAt > timings.machineStart;
  if (!provided) return memory.draining || instance || isOverdue ? 'gone' : 'unlaunched';
  // A machine whose agent died is started again: its containers may still run, and only it can take them back.
  if (provided.state === 'stopped') return memory.draining || (!instance && isOverdue) ? 'failed' : 'unlaunched';
  if (!instance) return memory.draining || isOverdue ? 'failed' : 'starting';
  if (instance.reservation.status !== 'ACTIVE') return 'leaving';
  if (isUsed(instance)) return isReachable(instance) ? 'busy' : 'unreachable';
  if (memory.draining) return 'leaving';
  if (isReachable(instance)) return 'idle';
  return now - (memory.unreachableSince ?? now) > timings.machineStart ? 'failed' : 'unreachable';
}

export const isReachable = ({ reservation, connected }: MachineInstance): boolean =>
  connected && reservation.schedulable;

/** A daemon's task came with the machine: it is no reason to keep one, as on ECS. */
const isUsed = ({ reservation }: MachineInstance): boolean => reservation.tasks.some(({ daemon }) => !daemon);

/** Nothing runs on it, not even a daemon: it can end. */
export const isEmpty = (view: MachineView): boolean => (view.instance?.reservation.tasks.length ?? 0) === 0;

/** The machine's memory with today's marks: since when it is idle, since when it is out of reach. */
export function marked(view: MachineView, now: number): RememberedMachine {
  const { machineId, launchedAt, idleSince, unreachableSince, draining } = view.memory;
  const isIdle = view.instance !== undefined && !isUsed(view.instance);
  const isLost = view.instance !== undefined && !isReachable(view.instance);
  // A machine that got a task before it was told to drain is simply in use again.
  const isTaken = view.instance?.reservation.status === 'ACTIVE' && !isIdle;
  return {
    machineId,
    launchedAt,
    ...(isIdle ? { idleSince: idleSince ?? now } : {}),
    ...(isLost ? { unreachableSince: unreachableSince ?? now } : {}),
    ...(draining && !isTaken ? { draining } : {}),
  };
}
