import { Fault } from '../fault.ts';
import type { PlacementConstraint, PlacementStrategy } from '../model/placement.ts';
import type { Service } from '../model/service.ts';
import { spreadAttribute } from '../placement/strategies.ts';
import { ZONE } from './sites.ts';

type Rebalanceable = Pick<
  Service,
  'scheduler' | 'maximumPercent' | 'placementConstraints' | 'placementStrategy' | 'deployment' | 'echo'
>;

/** True when ECS would move this service's tasks between zones to keep them even. */
export const isRebalanced = (service: Rebalanceable & Pick<Service, 'availabilityZoneRebalancing'>): boolean =>
  service.availabilityZoneRebalancing === 'ENABLED' && obstacleOf(service) === undefined;

/** ECS's default for a new service: on, where that is possible. */
export const defaultRebalancing = (service: Rebalanceable): 'ENABLED' | 'DISABLED' =>
  obstacleOf(service) === undefined ? 'ENABLED' : 'DISABLED';

/** Faults: InvalidParameter when rebalancing is asked for by name and the service can not have it. */
export function requireRebalanceable(service: Rebalanceable): void {
  const obstacle = obstacleOf(service);
  if (obstacle === undefined) return;
  throw new Fault('InvalidParameter', `AvailabilityZoneRebalancing does not support ${obstacle}.`);
}

/** What stands in the way; the list is the ECS developer guide's. */
function obstacleOf(service: Rebalanceable): string | undefined {
  if (service.scheduler !== 'replicas') return 'the DAEMON scheduling strategy';
  if (service.deployment.launchType === 'EXTERNAL') return 'the EXTERNAL launch type';
  if (service.maximumPercent <= 100) return 'maximumPercent <= 100';
  if (!isZoneSpreadFirst(service.placementStrategy)) {
    return `a first placement strategy other than spread over attribute:${ZONE}`;
  }
  if (service.placementConstraints.some(namesZone)) return `attribute:${ZONE} as a placement constraint`;
  return hasClassicLoadBalancer(service) ? 'Classic Load Balancers' : undefined;
}

const isZoneSpreadFirst = ([first]: readonly PlacementStrategy[]): boolean =>
  first === undefined || (first.type === 'spread' && spreadAttribute(first.field ?? '') === ZONE);

const namesZone = ({ expression = '' }: PlacementConstraint): boolean => expression.includes(`attribute:${ZONE}`);

/** Only a Classic Load Balancer is named; the others are known by their target group. */
function hasClassicLoadBalancer({ echo: { loadBalancers } }: Rebalanceable): boolean {
  if (!Array.isArray(loadBalancers)) return false;
  return loadBalancers.some((it) => typeof it === 'object' && it !== null && 'loadBalancerName' in it);
}
