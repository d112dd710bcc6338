import type { Reservation } from '../model/container-instance.ts';
import type { Resources } from '../model/resources.ts';
import type { Task } from '../model/task.ts';
import { type Candidate, place } from '../placement/place.ts';

/** Machines the waiting tasks would use: ids of those that exist or start, and how many new ones. */
export interface MachinesNeeded {
  readonly used: ReadonlySet<string>;
  readonly more: number;
}

/**
 * Packs the waiting tasks, largest first, into what is there and what is starting, then into new machines.
 * A task that an empty machine of this size cannot take, or that is pinned to another one, needs no machine of ours.
 * New machines will have the attributes of those that were made before them; before the first one nobody knows them, and
 * expressions that ask for attributes are not weighed.
 */
export function machinesNeeded(
  unplaced: readonly Task[],
  existing: readonly Candidate[],
  startingIds: readonly string[],
  size: Resources,
  limit: number,
  capacityProvider?: string,
): MachinesNeeded {
  const attributes = existing.find(
    ({ reservation }) => reservation.machineId !== undefined && reservation.capacityProvider === capacityProvider,
  )?.reservation.attributes;
  const machine = { total: size, attributes: attributes ?? {}, ...(capacityProvider && { capacityProvider }) };
  const helped = unplaced
    .filter((task) => task.pinnedTo === undefined && fits(task, size))
    .map((task) => packed(attributes ? task : withoutQueries(task)));
  const demands = helped.toSorted(
    (a, b) => b.resources.memory - a.resources.memory || b.resources.cpu - a.resources.cpu,
  );
  const soon = [...existing, ...startingIds.map((id) => emptyMachine(id, machine))];
  const decisions = place(demands, soon, first);
  const left = decisions.flatMap((decision) => (decision.kind === 'unplaced' ? [decision.task] : []));
  const fresh = Array.from({ length: Math.min(limit, left.length) }, (_, index) =>
    emptyMachine(`new-${index}`, machine),
  );
  return {
    used: instancesOf(decisions),
    more: instancesOf(place(left, fresh, first)).size,
  };
}

const first = (): number => 0;

const fits = ({ resources }: Task, size: Resources): boolean =>
  resources.cpu <= size.cpu && resources.memory <= size.memory;

const withoutQueries = (task: Task): Task => ({
  ...task,
  placementConstraints: task.placementConstraints.filter(({ type }) => type !== 'memberOf'),
});

/** How few machines can do, not where the tasks will go: strategies that spread would ask for a machine each. */
const packed = (task: Task): Task => ({
  ...task,
  placementStrategy: [{ type: 'binpack', field: 'memory' }],
});

const instancesOf = (decisions: ReturnType<typeof place>): ReadonlySet<string> =>
  new Set(decisions.flatMap((decision) => (decision.kind === 'placed' ? [decision.instanceId] : [])));

type Machine = Pick<Reservation, 'total' | 'attributes' | 'capacityProvider'>;

const emptyMachine = (instanceId: string, machine: Machine): Candidate => ({
  reservation: { ...empty, ...machine, instanceId },
  connected: true,
});

const empty = { cluster: '', status: 'ACTIVE', agentEpoch: 0, schedulable: true, tasks: [] } as const;
