import type {
  NetworkConfiguration,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
} from '@aws-sdk/client-ecs';
import {
  clusterArn,
  serviceArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  taskDefinitionArn,
} from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import type { ServiceDeploymentRecord } from '#core/model/service.ts';
import { failureThreshold } from '#core/service/circuit-breaker.ts';
import { circuitBreakerView, digitsOf } from './service.ts';

const optionalDate = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

export function deploymentBrief(scope: Scope, record: ServiceDeploymentRecord): ServiceDeploymentBrief {
  const { cluster, service, spec, status, statusReason, startedAt, finishedAt } = record;
  return {
    serviceDeploymentArn: serviceDeploymentArn(scope, cluster, service, digitsOf(spec.id)),
    serviceArn: serviceArn(scope, cluster, service),
    clusterArn: clusterArn(scope, cluster),
    createdAt: new Date(spec.createdAt),
    startedAt: new Date(startedAt),
    finishedAt: optionalDate(finishedAt),
    targetServiceRevisionArn: serviceRevisionArn(scope, cluster, service, digitsOf(spec.id)),
    status,
    statusReason,
  };
}

/** Counts of its tasks belong to DescribeServices; history keeps what was asked for. */
export function deploymentView(scope: Scope, record: ServiceDeploymentRecord): ServiceDeployment {
  const { cluster, service, sources, status, updatedAt, desiredCount, circuitBreaker, rollback } = record;
  const { targetServiceRevisionArn, ...brief } = deploymentBrief(scope, record);
  const revision = (id: string): string => serviceRevisionArn(scope, cluster, service, digitsOf(id));
  return {
    ...brief,
    stoppedAt: status === 'STOPPED' ? brief.finishedAt : undefined,
    updatedAt: new Date(updatedAt),
    sourceServiceRevisions: sources.map((id) => ({ arn: revision(id) })),
    targetServiceRevision: { arn: targetServiceRevisionArn, requestedTaskCount: desiredCount },
    deploymentConfiguration: {
      deploymentCircuitBreaker: circuitBreakerView(circuitBreaker),
      strategy: 'ROLLING',
      minimumHealthyPercent: record.minimumHealthyPercent,
      maximumPercent: record.maximumPercent,
    },
    deploymentCircuitBreaker: {
      status: breakerStatus(record),
      ...(circuitBreaker ? { threshold: failureThreshold(circuitBreaker, desiredCount) } : {}),
    },
    rollback: rollback && {
      reason: rollback.reason,
      startedAt: new Date(rollback.startedAt),
      serviceRevisionArn: revision(rollback.target),
    },
  };
}

function breakerStatus({ circuitBreaker, status }: ServiceDeploymentRecord) {
  if (!circuitBreaker?.enable) return 'DISABLED';
  if (status === 'IN_PROGRESS' || status === 'PENDING') return 'MONITORING';
  return status === 'SUCCESSFUL' ? 'MONITORING_COMPLETE' : 'TRIGGERED';
}

export const revisionView = (scope: Scope, { cluster, service, spec }: ServiceDeploymentRecord): ServiceRevision => ({
  serviceRevisionArn: serviceRevisionArn(scope, cluster, service, digitsOf(spec.id)),
  serviceArn: serviceArn(scope, cluster, service),
  clusterArn: clusterArn(scope, cluster),
  taskDefinition: taskDefinitionArn(scope, spec.definition.family, spec.definition.revision),
  launchType: spec.launchType,
  platformVersion: spec.platformVersion,
  ...(spec.launchType === 'FARGATE' ? { platformFamily: 'Linux' } : {}),
  networkConfiguration: spec.networkConfiguration as unknown as NetworkConfiguration,
  createdAt: new Date(spec.createdAt),
});
