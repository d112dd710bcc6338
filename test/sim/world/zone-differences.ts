import type { Service } from '#core/model/service.ts';
import type { Candidate } from '#core/placement/place.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { zoneOf } from '#core/service/sites.ts';
import { nextZoneOf, zonesOf } from '#core/service/sites-of.ts';
import { isRebalanced } from '#core/service/zone-rebalancing.ts';
import type { CommittedWorld } from '../oracles/committed-world.ts';

/** A service whose zones one move would make more even, although it is rebalanced and may start one task more. */
export function zoneDifferences(
  world: CommittedWorld,
  service: Service,
  alive: ReadonlySet<string>,
): readonly string[] {
  const { name, status, desiredCount } = service;
  if (status !== 'ACTIVE' || !isRebalanced(service) || serviceLimits(service).maximum <= desiredCount) return [];
  const fleet = [...world.reservations.values()]
    .filter((reservation) => reservation.status !== 'INACTIVE')
    .map((reservation): Candidate => ({ reservation, connected: alive.has(reservation.instanceId) }));
  const [like] = [...world.wanted(name)].flatMap((taskId) => world.tasks.get(taskId) ?? []);
  const next = like && nextZoneOf(like, fleet);
  if (next === undefined) return [];
  const countIn = (zone: string): number =>
    fleet
      .filter(({ reservation }) => zoneOf(reservation) === zone)
      .flatMap(({ reservation }) => reservation.tasks)
      .filter(({ group, stop }) => group === `service:${name}` && !stop).length;
  const most = Math.max(...zonesOf(fleet).map(countIn));
  return most - countIn(next) < 2 ? [] : [`service ${name}: ${most} tasks in one zone, ${countIn(next)} in ${next}`];
}
