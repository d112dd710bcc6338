import type { LoadBalancer, NetworkConfiguration, ServiceRegistry, TaskSet as WireTaskSet } from '@aws-sdk/client-ecs';
import type { ServiceView } from '#control/intents.ts';
import { clusterArn, serviceArn, taskDefinitionArn, taskSetArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import type { TaskSet, TaskSetService } from '#core/model/task-set.ts';
import { computedCount } from '#core/service/task-sets.ts';
import { tagsIf } from '../tags.ts';

/** A task set as ECS shows it, with the counts of its own tasks. */
export function taskSetView(
  scope: Scope,
  { service, state, counts }: ServiceView<TaskSetService>,
  taskSet: TaskSet,
  included: { readonly tags: boolean },
): WireTaskSet {
  const { cluster, name } = service;
  const { deployment, echo } = taskSet;
  const { id, definition, launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = deployment;
  const own = counts.find((count) => count.deployment === id);
  const known = state?.taskSets?.find((one) => one.id === id);
  const desired = computedCount(service, taskSet);
  const running = own?.running ?? 0;
  const pending = own?.pending ?? 0;
  // The worker's word counts for the number it was about: an intent it has not seen yet is not stable.
  const isStable = known?.isStable === true && known.desired === desired && running === desired && pending === 0;
  const stabilityAt = known && isStable === known.isStable ? known.since : taskSet.updatedAt;
  return {
    id,
    taskSetArn: taskSetArn(scope, cluster, name, id),
    serviceArn: serviceArn(scope, cluster, name),
    clusterArn: clusterArn(scope, cluster),
    externalId: taskSet.externalId,
    status: taskSet.status,
    taskDefinition: taskDefinitionArn(scope, definition.family, definition.revision),
    computedDesiredCount: desired,
    pendingCount: pending,
    runningCount: running,
    createdAt: new Date(deployment.createdAt),
    updatedAt: new Date(taskSet.updatedAt),
    ...(capacityProviderStrategy
      ? { capacityProviderStrategy: capacityProviderStrategy.map((item) => ({ ...item })) }
      : { launchType }),
    ...(launchType === 'FARGATE' ? { platformVersion: platformVersion ?? 'LATEST', platformFamily: 'Linux' } : {}),
    networkConfiguration: networkConfiguration as unknown as NetworkConfiguration,
    loadBalancers: (echo['loadBalancers'] ?? []) as unknown as LoadBalancer[],
    serviceRegistries: (echo['serviceRegistries'] ?? []) as unknown as ServiceRegistry[],
    scale: { value: taskSet.scale, unit: 'PERCENT' },
    stabilityStatus: isStable ? 'STEADY_STATE' : 'STABILIZING',
    stabilityStatusAt: new Date(stabilityAt),
    ...tagsIf(included.tags, taskSet.tags),
  };
}
