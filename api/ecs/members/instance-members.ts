import type {
  Attribute,
  DeleteAttributesRequest,
  DeregisterContainerInstanceRequest,
  DescribeContainerInstancesRequest,
  ListAttributesRequest,
  ListContainerInstancesRequest,
  PutAttributesRequest,
  UpdateContainerInstancesStateRequest,
} from '@aws-sdk/client-ecs';
import { type Declaration, ignored, members, supported } from './member-policy.ts';

const targetType = ignored('`container-instance` is the only value there is.');

export const instanceMembers: readonly Declaration[] = [
  members<ListContainerInstancesRequest>('ListContainerInstancesRequest', {
    cluster: supported,
    filter: supported,
    nextToken: supported,
    maxResults: supported,
    status: supported,
  }),
  members<DescribeContainerInstancesRequest>('DescribeContainerInstancesRequest', {
    containerInstances: supported,
    cluster: supported,
    include: supported,
  }),
  members<DeregisterContainerInstanceRequest>('DeregisterContainerInstanceRequest', {
    containerInstance: supported,
    cluster: supported,
    force: supported,
  }),
  members<UpdateContainerInstancesStateRequest>('UpdateContainerInstancesStateRequest', {
    containerInstances: supported,
    status: supported,
    cluster: supported,
  }),
  members<PutAttributesRequest>('PutAttributesRequest', { attributes: supported, cluster: supported }),
  members<DeleteAttributesRequest>('DeleteAttributesRequest', { attributes: supported, cluster: supported }),
  members<ListAttributesRequest>('ListAttributesRequest', {
    targetType,
    cluster: supported,
    attributeName: supported,
    attributeValue: supported,
    nextToken: supported,
    maxResults: supported,
  }),
  members<Attribute>('Attribute', { name: supported, value: supported, targetId: supported, targetType }),
];
