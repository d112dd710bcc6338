import type {
  AutoScalingGroupProvider,
  AutoScalingGroupProviderUpdate,
  CapacityProviderStrategyItem,
  CreateCapacityProviderRequest,
  DeleteCapacityProviderRequest,
  DescribeCapacityProvidersRequest,
  ManagedScaling,
  PutClusterCapacityProvidersRequest,
  UpdateCapacityProviderRequest,
} from '@aws-sdk/client-ecs';
import { type Declaration, echoed, members, refused, supported } from './member-policy.ts';

const managedInstancesProvider = refused("'managedInstancesProvider'");
/** A capacity provider belongs to a cluster only when it is one of managed instances. */
const ownCluster = refused("'cluster', which only providers of managed instances have,");
const managedTerminationProtection = echoed(
  'Berth never takes a machine with tasks on it away, so there is nothing to protect; the group itself is not told.',
);
const managedDraining = echoed('A machine that leaves is always drained first, as with ENABLED.');

export const capacityMembers: readonly Declaration[] = [
  members<CreateCapacityProviderRequest>('CreateCapacityProviderRequest', {
    name: supported,
    cluster: ownCluster,
    autoScalingGroupProvider: supported,
    managedInstancesProvider,
    tags: supported,
  }),
  members<UpdateCapacityProviderRequest>('UpdateCapacityProviderRequest', {
    name: supported,
    cluster: ownCluster,
    autoScalingGroupProvider: supported,
    managedInstancesProvider,
  }),
  members<DeleteCapacityProviderRequest>('DeleteCapacityProviderRequest', {
    capacityProvider: supported,
    cluster: ownCluster,
  }),
  members<DescribeCapacityProvidersRequest>('DescribeCapacityProvidersRequest', {
    capacityProviders: supported,
    cluster: supported,
    include: supported,
    maxResults: supported,
    nextToken: supported,
  }),
  members<PutClusterCapacityProvidersRequest>('PutClusterCapacityProvidersRequest', {
    cluster: supported,
    capacityProviders: supported,
    defaultCapacityProviderStrategy: supported,
  }),
  members<AutoScalingGroupProvider>('AutoScalingGroupProvider', {
    autoScalingGroupArn: supported,
    managedScaling: supported,
    managedTerminationProtection,
    managedDraining,
  }),
  members<AutoScalingGroupProviderUpdate>('AutoScalingGroupProviderUpdate', {
    managedScaling: supported,
    managedTerminationProtection,
    managedDraining,
  }),
  members<ManagedScaling>('ManagedScaling', {
    status: supported,
    targetCapacity: supported,
    minimumScalingStepSize: supported,
    maximumScalingStepSize: supported,
    instanceWarmupPeriod: echoed('Machines count from the moment they register, so no time of warming up is guessed.'),
  }),
  members<CapacityProviderStrategyItem>('CapacityProviderStrategyItem', {
    capacityProvider: supported,
    weight: supported,
    base: supported,
  }),
];
