import { providerAt } from '#core/capacity/share-out.ts';
import type { DeploymentSpec } from '#core/model/service.ts';
import type { Slot, Task } from '#core/model/task.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { isFenced } from '#core/service/disconnect-mode.ts';
import type { Dependencies } from '../dependencies.ts';
import { definedMembers, taskConstraints } from '../tasks/draft-task.ts';

/** Rule R1: the id follows from slot and epoch, so two workers starting the same epoch make the same task. */
export const serviceTaskId = (deps: Pick<Dependencies, 'ids'>, cluster: string, slot: Slot, epoch: number): string =>
  deps.ids.derive('slot', cluster, slot.service, slot.deployment, slot.index, epoch);

/** The next task of a slot of one of the service's deployments, not placed yet. */
export function serviceTask(
  deps: Pick<Dependencies, 'ids' | 'clock'>,
  service: AnyService,
  deployment: DeploymentSpec,
  definition: TaskDefinition,
  start: { readonly index: number; readonly epoch: number },
): Task {
  const { cluster, name } = service;
  const slot = { service: name, deployment: deployment.id, index: start.index };
  return {
    taskId: serviceTaskId(deps, cluster, slot, start.epoch),
    cluster,
    epoch: start.epoch,
    slot,
    ...(isFenced(service.tags) ? { fenced: true } : {}),
    desiredStatus: 'RUNNING',
    ...definedMembers(definition),
    launchType: deployment.launchType,
    ...(deployment.capacityProviderStrategy
      ? { capacityProvider: providerAt(deployment.capacityProviderStrategy, start.index) }
      : {}),
    group: `service:${name}`,
    startedBy: deployment.id,
    ...(deployment.networkConfiguration ? { networkConfiguration: deployment.networkConfiguration } : {}),
    ...(deployment.platformVersion === undefined ? {} : { platformVersion: deployment.platformVersion }),
    placementConstraints: taskConstraints(definition, service.placementConstraints),
    placementStrategy: service.placementStrategy,
    enableExecuteCommand: service.enableExecuteCommand,
    tags: propagatedTags(service, definition),
    createdAt: deps.clock.now(),
  };
}

function propagatedTags(service: AnyService, definition: TaskDefinition): Task['tags'] {
  const managed = service.enableECSManagedTags
    ? [
        { key: 'aws:ecs:clusterName', value: service.cluster },
        { key: 'aws:ecs:serviceName', value: service.name },
      ]
    : [];
  if (service.propagateTags === 'SERVICE') return [...service.tags, ...managed];
  return service.propagateTags === 'TASK_DEFINITION' ? [...definition.tags, ...managed] : managed;
}
