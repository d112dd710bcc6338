import type {
  NetworkConfiguration,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceDeploymentLifecycleStage,
  ServiceRevision,
  ServiceRevisionSummary,
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
import { restOfTraffic } from '#core/service/traffic-steps.ts';
import { circuitBreakerView, digitsOf, rolloutView } from './service.ts';

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
    ...lifecycleView(record),
    sourceServiceRevisions: sources.map((id) => ({ arn: revision(id), ...trafficOf(record, id) })),
    targetServiceRevision: {
      arn: targetServiceRevisionArn,
      requestedTaskCount: desiredCount,
      ...trafficOf(record, record.spec.id),
    },
    deploymentConfiguration: {
      deploymentCircuitBreaker: circuitBreakerView(circuitBreaker),
      strategy: 'ROLLING',
      ...rolloutView(record.rollout),
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

/** Where a deployment is, or was last, that shifts traffic. */
function lifecycleView({
  shift,
}: ServiceDeploymentRecord): Pick<ServiceDeployment, 'lifecycleStage' | 'lifecycleHookDetails'> {
  if (!shift) return {};
  return {
    // ECS names PRE_PRODUCTION_TRAFFIC_SHIFT among the stages, but its model leaves that out of the enum.
    lifecycleStage: shift.stage as ServiceDeploymentLifecycleStage,
    lifecycleHookDetails: shift.hooks.map(({ hookId, status, expiresAt, timeoutAction }) => ({
      hookId,
      targetType: 'PAUSE',
      status,
      expiresAt: new Date(expiresAt),
      timeoutAction,
    })),
  };
}

/** A revision that is neither source nor target of the shift gets nothing. */
function trafficOf({ shift, spec }: ServiceDeploymentRecord, deployment: string): ServiceRevisionSummary {
  if (!shift) return {};
  const { production, test } = shift.traffic;
  const share = (own: number): number => {
    if (deployment === spec.id) return own;
    return deployment === shift.source ? restOfTraffic(own) : 0;
  };
  return { requestedProductionTrafficWeight: share(production), requestedTestTrafficWeight: share(test) };
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
