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
import type { RolloutConfiguration } from '#core/model/rollout.ts';
import type { Scope } from '#core/model/scope.ts';
import type { CircuitBreaker, DeploymentSpec } from '#core/model/service.ts';
import type { AnyService, TaskSetService } from '#core/model/task-set.ts';
import { leadingSpec } from '#core/service/task-sets.ts';
import { tagsIf } from '../tags.ts';
import { deploymentViews } from './deployment.ts';
import { taskSetView } from './task-set.ts';

/** A service as ECS shows it. Its counts are those of its deployments, or of its task sets. */
export function serviceView(scope: Scope, view: ServiceView, included: { readonly tags: boolean }): WireService {
  const { service, events } = view;
  const deployed = deployedMembers(scope, view, included);
  const running = [...(deployed.deployments ?? []), ...(deployed.taskSets ?? [])];
  const echo = service.echo as unknown as WireService;
  return {
    ...echo,
    serviceArn: serviceArn(scope, service.cluster, service.name),
    serviceName: service.name,
    clusterArn: clusterArn(scope, service.cluster),
    status: service.status,
    desiredCount: view.desiredCount,
    runningCount: total(running.map((one) => one.runningCount)),
    pendingCount: total(running.map((one) => one.pendingCount)),
    loadBalancers: echo.loadBalancers ?? [],
    serviceRegistries: echo.serviceRegistries ?? [],
    ...specMembers(scope, leadingSpec(service)),
    deploymentConfiguration: deploymentConfiguration(service, echo.deploymentConfiguration),
    ...deployed,
    events: events.map(({ id, createdAt, message }) => ({ id, createdAt: new Date(createdAt), message })),
    createdAt: new Date(service.createdAt),
    createdBy: service.createdBy,
    placementConstraints: service.placementConstraints.map((constraint) => ({ ...constraint })),
    placementStrategy: service.placementStrategy.map((strategy) => ({ ...strategy })),
    schedulingStrategy: schedulingStrategyOf(service),
    deploymentController: { type: service.scheduler === 'task-sets' ? 'EXTERNAL' : 'ECS' },
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags ?? 'NONE',
    enableExecuteCommand: service.enableExecuteCommand,
    ...(service.healthCheckGracePeriodSeconds === undefined
      ? {}
      : { healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds }),
    availabilityZoneRebalancing: service.availabilityZoneRebalancing ?? 'DISABLED',
    ...tagsIf(included.tags, service.tags),
  };
}

/** What it runs: deployments with their history's names, or task sets. */
function deployedMembers(scope: Scope, view: ServiceView, included: { readonly tags: boolean }): Partial<WireService> {
  const { service } = view;
  const { cluster, name } = service;
  if (service.scheduler === 'task-sets') {
    const shown = service.status === 'INACTIVE' ? [] : service.taskSets;
    return {
      ...primaryMembers(service),
      deployments: [],
      taskSets: shown.map((set) => taskSetView(scope, { ...view, service }, set, included)),
    };
  }
  const deployments = service.status === 'INACTIVE' ? [] : deploymentViews(scope, { ...view, service });
  return {
    deployments,
    currentServiceDeployment: serviceDeploymentArn(scope, cluster, name, digitsOf(service.deployment.id)),
    currentServiceRevisions: deployments.map(({ id = '', desiredCount, runningCount, pendingCount }) => ({
      arn: serviceRevisionArn(scope, cluster, name, digitsOf(id)),
      requestedTaskCount: desiredCount,
      runningTaskCount: runningCount,
      pendingTaskCount: pendingCount,
    })),
  };
}

/** What its tasks are made of. Before one task set is primary that is nothing but the launch type nobody has to ask for. */
function specMembers(scope: Scope, spec: DeploymentSpec | undefined): Partial<WireService> {
  if (!spec) return { launchType: 'EC2' };
  const { definition, launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = spec;
  return {
    ...(capacityProviderStrategy
      ? { capacityProviderStrategy: capacityProviderStrategy.map((item) => ({ ...item })) }
      : { launchType }),
    ...(launchType === 'FARGATE' ? { platformVersion: platformVersion ?? 'LATEST', platformFamily: 'Linux' } : {}),
    taskDefinition: taskDefinitionArn(scope, definition.family, definition.revision),
    networkConfiguration: networkConfiguration as unknown as NetworkConfiguration,
  };
}

/** Load balancers and registries are the primary task set's, too. */
const primaryMembers = ({ taskSets }: TaskSetService): Partial<WireService> =>
  ({ ...taskSets.find(({ status }) => status === 'PRIMARY')?.echo }) as unknown as Partial<WireService>;

export const schedulingStrategyOf = ({ scheduler }: Pick<AnyService, 'scheduler'>): 'DAEMON' | 'REPLICA' =>
  scheduler === 'daemons' ? 'DAEMON' : 'REPLICA';

const total = (counts: readonly (number | undefined)[]): number =>
  counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);

/** The digits of `ecs-svc/<digits>`, which a service deployment and its service revision share here. */
export const digitsOf = (id: string): string => id.slice(id.indexOf('/') + 1);

export const circuitBreakerView = (breaker?: CircuitBreaker): DeploymentCircuitBreaker => {
  const { threshold, ...rest } = breaker ?? { enable: false, rollback: false };
  return { ...rest, ...(threshold ? { thresholdConfiguration: { ...threshold } } : {}) };
};

/** As it was sent. */
export const rolloutView = (rollout: RolloutConfiguration | undefined): DeploymentConfiguration =>
  (rollout ?? {}) as unknown as DeploymentConfiguration;

const deploymentConfiguration = (service: AnyService, echoed?: DeploymentConfiguration): DeploymentConfiguration => ({
  ...(service.scheduler === 'task-sets'
    ? {}
    : {
        deploymentCircuitBreaker: circuitBreakerView(service.circuitBreaker),
        strategy: 'ROLLING',
        bakeTimeInMinutes: 0,
      }),
  ...echoed,
  ...(service.scheduler === 'task-sets' ? {} : rolloutView(service.rollout)),
  minimumHealthyPercent: service.minimumHealthyPercent,
  maximumPercent: service.maximumPercent,
});
