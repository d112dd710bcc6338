import type { CapacityState } from '../model/container-instance.ts';
import type { Resources } from '../model/resources.ts';
import type { Task } from '../model/task.ts';
import type { Timings } from '../timings.ts';
import {
  isEmpty,
  isReachable,
  type MachineInstance,
  type MachinePhase,
  type MachineView,
  machinePhase,
  marked,
  type ProvidedMachine,
} from './machine-phase.ts';
import { machinesNeeded } from './machines-needed.ts';
import { type ManagedScaling, scaledMachines } from './managed-scaling.ts';

/** A burst of tasks asks for machines over several runs, so that one mistake cannot buy a fleet. */
export const MAX_LAUNCHES_PER_RUN = 10;

/** Bounds and shape of one provider's machines in a cluster; the provider port names the same. */
export interface CapacityBounds {
  readonly min: number;
  readonly max: number;
  /** Machines to keep free beyond what tasks need. */
  readonly standby: number;
  readonly size: Resources;
  /** Absent: as many machines as tasks need, and the standby. */
  readonly scaling?: ManagedScaling;
  /**
   * 'empty': only machines without tasks leave. 'drained', 'stopped': when the maximum went below what there is, busy ones
   * leave, too; their tasks are replaced first, or stopped at once.
   */
  readonly leaving?: 'empty' | 'drained' | 'stopped';
}

export interface CapacityInput {
  readonly policy: CapacityBounds;
  readonly machines: readonly ProvidedMachine[];
  readonly state: CapacityState | undefined;
  /** Every instance of the cluster but INACTIVE ones, whoever made its machine. */
  readonly instances: readonly MachineInstance[];
  /** Waiting tasks that these machines are for. */
  readonly unplaced: readonly Task[];
  readonly cluster: string;
  /** Absent: the default pool. */
  readonly capacityProvider?: string;
  readonly now: number;
  readonly timings: Pick<Timings, 'machineStart' | 'machineIdle'>;
}

export type CapacityAction =
  /** Make this many new machines; whoever applies it mints their ids and remembers them first. */
  | { readonly kind: 'launch'; readonly count: number }
  /** Ask again for a machine whose launch was intended but never seen. */
  | { readonly kind: 'relaunch'; readonly machineId: string }
  | {
      readonly kind: 'drain';
      readonly machineId: string;
      readonly instanceId: string;
    }
  /** Stop whatever it holds at once and deregister it; terminated when it is empty. */
  | { readonly kind: 'evict'; readonly instanceId: string }
  /** End the machine and deregister its instance; it holds no task. */
  | {
      readonly kind: 'terminate';
      readonly machineId: string;
      readonly instanceId?: string;
    }
  /** The machine is gone by itself: deregister what it left behind. */
  | { readonly kind: 'deregister'; readonly instanceId: string };

export interface CapacityPlan {
  readonly actions: readonly CapacityAction[];
  /** What to remember; equal to the input state when nothing changed. */
  readonly state: CapacityState;
}

interface PhasedMachine extends MachineView {
  readonly phase: MachinePhase;
}

/** Decides which machines a provider gains and loses. Applied again and again to a quiet cluster it ends in no action. */
export function planCapacity(input: CapacityInput): CapacityPlan {
  const machines = viewMachines(input);
  const growth = planGrowth(input, machines);
  const drained = new Set(planDrains(input, machines, growth));
  return {
    actions: [
      ...machines.flatMap((machine) => tidy(machine, input)),
      ...machines.filter((machine) => drained.has(machine)).flatMap((machine) => sendAway(machine, input)),
      ...(growth.launches > 0 ? [{ kind: 'launch', count: growth.launches } as const] : []),
    ],
    state: {
      cluster: input.cluster,
      ...(input.capacityProvider && { capacityProvider: input.capacityProvider }),
      machines: machines
        .filter((machine) => !isForgotten(machine))
        .map((machine) => (drained.has(machine) ? { ...machine.memory, draining: true } : machine.memory)),
    },
  };
}

/** Joins the provider's list, the memory and the registered instances; a machine nobody remembers counts from now. */
function viewMachines(input: CapacityInput): readonly PhasedMachine[] {
  const { now, timings } = input;
  const provided = new Map(input.machines.map((machine) => [machine.machineId, machine]));
  const instances = new Map(input.instances.map((instance) => [instance.reservation.machineId, instance]));
  const remembered = input.state?.machines ?? [];
  const known = new Set(remembered.map(({ machineId }) => machineId));
  const adopted = [...provided.keys()]
    .filter((id) => !known.has(id))
    .map((machineId) => ({ machineId, launchedAt: now }));
  return [...remembered, ...adopted].map((memory) => {
    const { machineId } = memory;
    const view = {
      memory,
      provided: provided.get(machineId),
      instance: instances.get(machineId),
    };
    const today = { ...view, memory: marked(view, now) };
    return { ...today, phase: machinePhase(today, now, timings) };
  });
}

/** Machines that hold or will hold tasks without further doing. */
const LIVE: ReadonlySet<MachinePhase> = new Set(['unlaunched', 'starting', 'idle', 'busy', 'unreachable']);
/** Machines that may be heard from soon: what waits for a machine waits for these first. */
const COMING: ReadonlySet<MachinePhase> = new Set(['unlaunched', 'starting', 'unreachable']);

const liveCount = (machines: readonly PhasedMachine[]): number =>
  machines.filter(({ phase }) => LIVE.has(phase)).length;

interface Growth {
  readonly launches: number;
  /** Free machines that the waiting tasks will not use. */
  readonly spare: readonly PhasedMachine[];
  /** How many machines managed scaling wants after this run; absent without it. */
  readonly scaled: number | undefined;
}

/** How many machines to add, and which free ones the waiting tasks will not use. */
function planGrowth(input: CapacityInput, machines: readonly PhasedMachine[]): Growth {
  const { policy } = input;
  // Invariant: every machine that may still exist counts against the maximum, whatever state it is in.
  const room = Math.max(0, policy.max - machines.filter((machine) => !isForgotten(machine)).length);
  const limit = Math.min(room, MAX_LAUNCHES_PER_RUN);
  const step = Math.min(limit, policy.scaling?.maximumStep ?? limit);
  const coming = machines.filter((machine) => COMING.has(machine.phase) && isEmpty(machine));
  const comingIds = coming.map(({ memory }) => memory.machineId);
  const needed = machinesNeeded(
    input.unplaced,
    input.instances,
    comingIds,
    realSize(input, machines),
    step,
    input.capacityProvider,
  );
  const spare = machines.filter(
    (machine) =>
      (machine.phase === 'idle' && !needed.used.has(machine.instance?.reservation.instanceId ?? '')) ||
      (coming.includes(machine) && !needed.used.has(machine.memory.machineId)),
  );
  const wanted = needed.more + Math.max(0, policy.standby - spare.length);
  const present = liveCount(machines);
  const demand = { needed: present - spare.length + needed.more, present };
  const scaled = policy.scaling && scaledMachines(demand, policy.scaling);
  return {
    // The minimum is no step of scaling: it is there as soon as it can be.
    launches: Math.min(
      limit,
      Math.max(policy.min - present, Math.min(step, Math.max(wanted, (scaled ?? 0) - present))),
    ),
    spare,
    scaled,
  };
}

/**
 * What a machine of ours really offers to tasks that wait: one smaller than the policy says, or that its daemons take a
 * part of, must not be bought again and again for a task that does not fit.
 */
function realSize({ policy }: CapacityInput, machines: readonly PhasedMachine[]): Resources {
  return machines
    .flatMap(({ instance }) => (instance ? [withoutDaemons(instance)] : []))
    .reduce(
      (size, offered) => ({
        cpu: Math.min(size.cpu, offered.cpu),
        memory: Math.min(size.memory, offered.memory),
      }),
      policy.size,
    );
}

/** What a machine has for others than its daemons, those that still have to start included. */
function withoutDaemons({ reservation: { total, tasks }, claims = [] }: MachineInstance): Resources {
  const shares = [...tasks.filter(({ daemon }) => daemon), ...claims];
  return {
    cpu: shares.reduce((left, { cpu }) => left - cpu, total.cpu),
    memory: shares.reduce((left, { memory }) => left - memory, total.memory),
  };
}

/** Machines idle for long beyond the minimum and the standby, newest first; and what is too many for the maximum. */
function planDrains(
  input: CapacityInput,
  machines: readonly PhasedMachine[],
  { spare, scaled = 0 }: Growth,
): readonly PhasedMachine[] {
  const { policy, now, timings } = input;
  if (machines.some((machine) => isWarming(machine, input))) return [];
  const surplus = Math.min(spare.length - policy.standby, liveCount(machines) - Math.max(policy.min, scaled));
  // Those may not stay, however soon they could be of use.
  const tooMany = liveCount(machines) - policy.max;
  const idle = spare
    .filter(({ phase }) => phase === 'idle')
    .toSorted((a, b) => b.memory.launchedAt - a.memory.launchedAt)
    .filter(({ memory }, at) => at < tooMany || now - (memory.idleSince ?? now) > timings.machineIdle)
    .slice(0, Math.max(0, surplus));
  return [...idle, ...excess(policy, machines)];
}

const isWarming = ({ phase, memory }: PhasedMachine, { policy, now }: CapacityInput): boolean =>
  LIVE.has(phase) && policy.scaling !== undefined && now - memory.launchedAt < policy.scaling.warmup;

/** Busy machines that are too many for a maximum below what there is, fewest tasks first. */
function excess(
  { max, leaving = 'empty' }: CapacityBounds,
  machines: readonly PhasedMachine[],
): readonly PhasedMachine[] {
  if (leaving === 'empty') return [];
  const free = machines.filter(({ phase }) => phase === 'idle').length;
  return machines
    .filter(({ phase }) => phase === 'busy')
    .toSorted((a, b) => heldBy(a) - heldBy(b) || b.memory.launchedAt - a.memory.launchedAt)
    .slice(0, Math.max(0, liveCount(machines) - free - max));
}

const heldBy = ({ instance }: PhasedMachine): number => instance?.reservation.tasks.length ?? 0;

/** What a machine needs done whatever the cluster wants. */
function tidy(machine: PhasedMachine, input: CapacityInput): readonly CapacityAction[] {
  const { phase, memory, instance } = machine;
  switch (phase) {
    case 'unlaunched':
      return [{ kind: 'relaunch', machineId: memory.machineId }];
    case 'failed':
      return isEmpty(machine) ? [terminate(machine)] : [];
    case 'leaving':
      return leave(machine, input);
    case 'gone':
      return instance && isEmpty(machine) && !isReachable(instance) ? deregister(instance) : [];
    default:
      return [];
  }
}

/** First drained, so that placement cannot race, then ended. An operator's drain has the idle time to be taken back. */
function leave(machine: PhasedMachine, input: CapacityInput): readonly CapacityAction[] {
  const { now, timings } = input;
  if (machine.instance?.reservation.status === 'ACTIVE') return sendAway(machine, input);
  const { draining, idleSince } = machine.memory;
  const isDue = draining || now - (idleSince ?? now) > timings.machineIdle;
  return isDue && isEmpty(machine) ? [terminate(machine)] : [];
}

/** A machine the provider no longer has is forgotten once its instance is gone, too. */
const isForgotten = ({ phase, instance }: PhasedMachine): boolean => phase === 'gone' && instance === undefined;

function sendAway({ memory, instance }: PhasedMachine, { policy }: CapacityInput): readonly CapacityAction[] {
  if (!instance) return [];
  const { machineId } = memory;
  const { instanceId } = instance.reservation;
  return [policy.leaving === 'stopped' ? { kind: 'evict', instanceId } : { kind: 'drain', machineId, instanceId }];
}

const deregister = ({ reservation }: MachineInstance): readonly CapacityAction[] => [
  { kind: 'deregister', instanceId: reservation.instanceId },
];

const terminate = ({ memory, instance }: PhasedMachine): CapacityAction => ({
  kind: 'terminate',
  machineId: memory.machineId,
  ...(instance ? { instanceId: instance.reservation.instanceId } : {}),
});
