import type { Reservation } from '../model/container-instance.ts';
import type { Task } from '../model/task.ts';
import { type Candidate, place } from '../placement/place.ts';
import { freeResources } from '../placement/reserve.ts';
import { type ServiceSnapshot, slotName } from './service-snapshot.ts';
import { type Site, type SitedTask, type Sites, zoneOf } from './sites.ts';
import { isWanted, type PlacedSlot, slotsOf } from './slots.ts';

/** Where a service's tasks are. Each machine's reservation lists its tasks, so no task need be read. */
export const sitesOf = (
  { service, chunks }: Pick<ServiceSnapshot, 'service' | 'chunks'>,
  fleet: readonly Candidate[],
  taskIdOf: (slot: PlacedSlot) => string,
): Sites => {
  const held = heldBy(`service:${service.name}`, fleet);
  const wanted = slotsOf(chunks).filter(isWanted);
  const found = wanted.flatMap((slot): readonly (readonly [string, SitedTask])[] => {
    const at = held.get(taskIdOf(slot));
    return at ? [[slotName(slot), at]] : [];
  });
  return { tasks: new Map(found), zones: zonesOf(fleet) };
};

/** The tasks of one group on all machines, by id. */
function heldBy(name: string, fleet: readonly Candidate[]): ReadonlyMap<string, SitedTask> {
  const found = new Map<string, SitedTask>();
  for (const { reservation } of fleet) {
    const held = reservation.tasks.filter(({ group }) => group === name);
    const site = held.length > 0 ? siteOf(reservation) : undefined;
    for (const { taskId, cpu, memory } of held) if (site) found.set(taskId, { site, share: { cpu, memory } });
  }
  return found;
}

const siteOf = (reservation: Reservation): Site => ({
  instanceId: reservation.instanceId,
  attributes: reservation.attributes,
  free: freeResources(reservation),
});

export const zonesOf = (fleet: readonly Candidate[]): readonly string[] => [
  ...new Set(fleet.map(({ reservation }) => zoneOf(reservation))),
];

/**
 * The zone placement would choose for a task; undefined when no machine has room. Placement itself is asked, so that
 * what is foreseen is what will happen unless the fleet changes.
 */
export function nextZoneOf(task: Task, fleet: readonly Candidate[]): string | undefined {
  const [decision] = place([task], fleet, () => 0);
  if (decision?.kind !== 'placed') return undefined;
  const chosen = fleet.find(({ reservation }) => reservation.instanceId === decision.instanceId);
  return chosen && zoneOf(chosen.reservation);
}
