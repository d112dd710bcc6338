import type {
  DeleteTaskDefinitionsRequest,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionsRequest,
  RegisterTaskDefinitionRequest,
  TaskDefinitionPlacementConstraint,
} from '@aws-sdk/client-ecs';
import { type Declaration, echoed, members, supported, supportedBut } from './member-policy.ts';

export const taskDefinitionMembers: readonly Declaration[] = [
  members<RegisterTaskDefinitionRequest>('RegisterTaskDefinitionRequest', {
    family: supported,
    containerDefinitions: supported,
    taskRoleArn: echoed('Containers get no credentials of the role; that needs a credentials endpoint on the machine.'),
    executionRoleArn: echoed('Checked where Fargate wants one; images are pulled with what the machine itself may.'),
    networkMode: supported,
    volumes: echoed('A task whose containers mount none of them runs; mounting needs volumes on the machine.'),
    placementConstraints: supported,
    requiresCompatibilities: supportedBut(['MANAGED_INSTANCES']),
    cpu: supported,
    memory: supported,
    tags: supported,
    pidMode: echoed('Each container has process ids of its own.'),
    ipcMode: echoed('Each container has shared memory of its own.'),
    proxyConfiguration: echoed('No proxy is put in front of the containers.'),
    inferenceAccelerators: echoed('Nothing is reserved for them, and no device is handed in.'),
    ephemeralStorage: echoed("Containers write to the machine's disk, which Berth neither reserves nor limits."),
    runtimePlatform: echoed(
      'Machines are not chosen by it; a placement constraint on `attribute:ecs.cpu-architecture` does that.',
    ),
    enableFaultInjection: echoed('Tasks get no fault injection endpoints.'),
  }),
  members<TaskDefinitionPlacementConstraint>('TaskDefinitionPlacementConstraint', {
    type: supported,
    expression: supported,
  }),
  members<DescribeTaskDefinitionRequest>('DescribeTaskDefinitionRequest', {
    taskDefinition: supported,
    include: supported,
  }),
  members<ListTaskDefinitionsRequest>('ListTaskDefinitionsRequest', {
    familyPrefix: supported,
    status: supported,
    sort: supported,
    nextToken: supported,
    maxResults: supported,
  }),
  members<ListTaskDefinitionFamiliesRequest>('ListTaskDefinitionFamiliesRequest', {
    familyPrefix: supported,
    status: supported,
    nextToken: supported,
    maxResults: supported,
  }),
  members<DeregisterTaskDefinitionRequest>('DeregisterTaskDefinitionRequest', { taskDefinition: supported }),
  members<DeleteTaskDefinitionsRequest>('DeleteTaskDefinitionsRequest', { taskDefinitions: supported }),
];
