import type {
  ContinueServiceDeploymentRequest,
  CreatedAt,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  ListServiceDeploymentsRequest,
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs';
import { type Declaration, members, supported } from './member-policy.ts';

export const serviceDeploymentMembers: readonly Declaration[] = [
  members<ListServiceDeploymentsRequest>('ListServiceDeploymentsRequest', {
    service: supported,
    cluster: supported,
    status: supported,
    createdAt: supported,
    nextToken: supported,
    maxResults: supported,
  }),
  members<CreatedAt>('CreatedAt', { before: supported, after: supported }),
  members<DescribeServiceDeploymentsRequest>('DescribeServiceDeploymentsRequest', { serviceDeploymentArns: supported }),
  members<DescribeServiceRevisionsRequest>('DescribeServiceRevisionsRequest', { serviceRevisionArns: supported }),
  members<StopServiceDeploymentRequest>('StopServiceDeploymentRequest', {
    serviceDeploymentArn: supported,
    stopType: supported,
  }),
  members<ContinueServiceDeploymentRequest>('ContinueServiceDeploymentRequest', {
    serviceDeploymentArn: supported,
    hookId: supported,
    action: supported,
  }),
];
