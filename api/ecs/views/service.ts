import type {
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  NetworkConfiguration,
  Service as WireService,
} from '@aws-sdk/client-ecs';
import type { ServiceView } from '#control/intents.ts';
import {
  clusterArn,
  serviceArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  taskDefinitionArn,
} from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import type { CircuitBreaker, Service } from '#core/model/service.ts';
import { tagsIf } from '../tags.ts';
import { deploymentViews } from './deployment.ts';

/** A service as ECS shows it. Its counts are those of its deployments. */
export function serviceView(scope: Scope, view: ServiceView, included: { readonly tags: boolean }): WireService {
  const { service, events } = view;
  const { definition, launchType, capacityProviderStrategy, platformVersion, networkConfiguration } =
    service.deployment;
  const deployments = service.status === 'INACTIVE' ? [] : deploymentViews(scope, view);
  const named = [scope, service.cluster, service.name, digitsOf(service.deployment.id)] as const;
  const echo = service.echo as unknown as WireService;
  return {
    ...echo,
    serviceArn: serviceArn(scope, service.cluster, service.name),
    serviceName: service.name,
    clusterArn: clusterArn(scope, service.cluster),
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: total(deployments.map((deployment) => deployment.runningCount)),
    pendingCount: total(deployments.map((deployment) => deployment.pendingCount)),
    ...(capacityProviderStrategy
      ? { capacityProviderStrategy: capacityProviderStrategy.map((item) => ({ ...item })) }
      : { launchType }),
    ...(launchType === 'FARGATE' ? { platformVersion: platformVersion ?? 'LATEST', platformFamily: 'Linux' } : {}),
    taskDefinition: taskDefinitionArn(scope, definition.family, definition.revision),
    networkConfiguration: networkConfiguration as unknown as NetworkConfiguration,
    loadBalancers: echo.loadBalancers ?? [],
    serviceRegistries: echo.serviceRegistries ?? [],
    deploymentConfiguration: deploymentConfiguration(service, echo.deploymentConfiguration),
    deployments,
    events: events.map(({ id, createdAt, message }) => ({ id, createdAt: new Date(createdAt), message })),
    createdAt: new Date(service.createdAt),
    createdBy: service.createdBy,
    placementConstraints: service.placementConstraints.map((constraint) => ({ ...constraint })),
    placementStrategy: service.placementStrategy.map((strategy) => ({ ...strategy })),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags ?? 'NONE',
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing ?? 'DISABLED',
    currentServiceDeployment: serviceDeploymentArn(...named),
    currentServiceRevisions: deployments.map(({ id = '', desiredCount, runningCount, pendingCount }) => ({
      arn: serviceRevisionArn(scope, service.cluster, service.name, digitsOf(id)),
      requestedTaskCount: desiredCount,
      runningTaskCount: runningCount,
      pendingTaskCount: pendingCount,
    })),
    ...tagsIf(included.tags, service.tags),
  };
}

const total = (counts: readonly (number | undefined)[]): number =>
  counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);

/** The digits of `ecs-svc/<digits>`, which a service deployment and its service revision share here. */
export const digitsOf = (id: string): string => id.slice(id.indexOf('/') + 1);

export const circuitBreakerView = (breaker?: CircuitBreaker): DeploymentCircuitBreaker => {
  const { threshold, ...rest } = breaker ?? { enable: false, rollback: false };
  return { ...rest, ...(threshold ? { thresholdConfiguration: { ...threshold } } : {}) };
};

const deploymentConfiguration = (service: Service, echoed?: DeploymentConfiguration): DeploymentConfiguration => ({
  deploymentCircuitBreaker: circuitBreakerView(service.circuitBreaker),
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
  ...echoed,
  minimumHealthyPercent: service.minimumHealthyPercent,
  maximumPercent: service.maximumPercent,
});
