import type {
  CreateTaskSetRequest,
  DeleteTaskSetRequest,
  DescribeTaskSetsRequest,
  Scale,
  UpdateServicePrimaryTaskSetRequest,
  UpdateTaskSetRequest,
} from '@aws-sdk/client-ecs';
import { type Declaration, echoed, members, supported, supportedBut } from './member-policy.ts';

const named = { cluster: supported, service: supported };

export const taskSetMembers: readonly Declaration[] = [
  members<CreateTaskSetRequest>('CreateTaskSetRequest', {
    ...named,
    externalId: supported,
    taskDefinition: supported,
    networkConfiguration: echoed(
      'Wanted where AWS wants one; tasks use the network of their machine, so there are no subnets or groups to join.',
    ),
    loadBalancers: echoed('Tasks are not registered with target groups; that needs a load balancer port.'),
    serviceRegistries: echoed('Tasks are not registered with Cloud Map.'),
    launchType: supportedBut(['MANAGED_INSTANCES']),
    capacityProviderStrategy: supported,
    platformVersion: echoed('Shown as AWS shows it; machines have the platform they have.'),
    scale: supported,
    clientToken: supported,
    tags: supported,
  }),
  members<Scale>('Scale', { value: supported, unit: supported }),
  members<UpdateTaskSetRequest>('UpdateTaskSetRequest', { ...named, taskSet: supported, scale: supported }),
  members<DeleteTaskSetRequest>('DeleteTaskSetRequest', { ...named, taskSet: supported, force: supported }),
  members<DescribeTaskSetsRequest>('DescribeTaskSetsRequest', { ...named, taskSets: supported, include: supported }),
  members<UpdateServicePrimaryTaskSetRequest>('UpdateServicePrimaryTaskSetRequest', {
    ...named,
    primaryTaskSet: supported,
  }),
];
