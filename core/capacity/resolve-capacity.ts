import { Fault } from '../fault.ts';
import type { CapacityProviderStrategy } from '../model/capacity-provider.ts';
import type { Cluster } from '../model/cluster.ts';
import type { PlacementConstraint, PlacementStrategy } from '../model/placement.ts';
import type { LaunchType } from '../model/task-definition.ts';
import { checkUsableStrategy, isFargateProvider } from './check-strategy.ts';

/** Where tasks run: by a launch type alone, or by a strategy and the launch type all its providers have. */
export interface Capacity {
  readonly launchType: LaunchType;
  readonly capacityProviderStrategy?: CapacityProviderStrategy;
}

/** The members of a request that say where its tasks may run. */
export interface CapacityRequest extends Partial<Capacity> {
  readonly placementConstraints?: readonly PlacementConstraint[];
  readonly placementStrategy?: readonly PlacementStrategy[];
}

/**
 * What was asked for, or the cluster's default strategy, or EC2.
 * Throws InvalidParameter for a strategy that the cluster cannot use, and for placement where nobody can choose machines.
 */
export function resolveCapacity(cluster: Cluster, asked: CapacityRequest): Capacity {
  const capacity = chosenCapacity(cluster, asked);
  if (capacity.launchType === 'FARGATE' && asked.placementConstraints?.length) {
    throw new Fault('InvalidParameter', 'Placement constraints are not supported with FARGATE launch type.');
  }
  if (capacity.launchType === 'FARGATE' && asked.placementStrategy?.length) {
    throw new Fault('InvalidParameter', 'Placement strategies are not supported with FARGATE launch type.');
  }
  return capacity;
}

function chosenCapacity(
  { capacityProviders = [], defaultCapacityProviderStrategy = [] }: Cluster,
  asked: Partial<Capacity>,
): Capacity {
  const own = asked.capacityProviderStrategy ?? [];
  if (own.length === 0 && asked.launchType !== undefined) return { launchType: asked.launchType };
  const strategy = own.length > 0 ? own : defaultCapacityProviderStrategy;
  const [first] = strategy;
  if (!first) return { launchType: 'EC2' };
  checkUsableStrategy(strategy, capacityProviders);
  return {
    launchType: isFargateProvider(first.capacityProvider) ? 'FARGATE' : 'EC2',
    capacityProviderStrategy: strategy,
  };
}
