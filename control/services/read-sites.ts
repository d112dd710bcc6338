import type { AnyService } from '#core/model/task-set.ts';
import type { ServiceSnapshot } from '#core/service/service-snapshot.ts';
import type { Sites } from '#core/service/sites.ts';
import { nextZoneOf, sitesOf, zonesOf } from '#core/service/sites-of.ts';
import { sitesWanted } from '#core/service/sites-wanted.ts';
import { isWanted, type PlacedSlot, slotsOf } from '#core/service/slots.ts';
import { isEven, zoneCounts } from '#core/service/zone-counts.ts';
import type { Dependencies } from '../dependencies.ts';
import { loadDefinition } from '../task-definitions/load-definition.ts';
import { serviceTask, serviceTaskId } from './service-task.ts';

type Stands = Pick<ServiceSnapshot<AnyService>, 'service' | 'state' | 'chunks'>;

/** Where a service's tasks are, from the remembered fleet, when a plan may need it. */
export async function readSites(deps: Dependencies, { service, ...rest }: Stands): Promise<Sites | undefined> {
  if (service.scheduler !== 'replicas') return undefined;
  const stands = { service, ...rest };
  const asked = sitesWanted(stands);
  if (asked === 'nothing') return undefined;
  const fleet = await deps.fleet.load(deps, service.cluster);
  const wanted = slotsOf(stands.chunks).filter(isWanted);
  // Everything in one zone is even already.
  if (asked === 'where-next' && wanted.length <= service.desiredCount && zonesOf(fleet).length < 2) return undefined;
  const { cluster, name } = service;
  const taskIdOf = (slot: PlacedSlot) => serviceTaskId(deps, cluster, { service: name, ...slot }, slot.epoch);
  const sites = sitesOf(stands, fleet, taskIdOf);
  if (asked === 'where' || isEven(zoneCounts(wanted, sites))) return sites;
  const definition = await loadDefinition(deps, service.deployment.definition);
  const next = serviceTask(deps, service, service.deployment, definition, {
    index: service.desiredCount,
    epoch: 1,
    cause: 'rebalance',
  });
  const nextZone = nextZoneOf(next, fleet);
  return nextZone === undefined ? sites : { ...sites, nextZone };
}
