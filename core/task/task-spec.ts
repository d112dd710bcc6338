import { taskArn } from '../model/arn.ts';
import type { Scope } from '../model/scope.ts';
import type { Task } from '../model/task.ts';
import type { ContainerDefinition, NameValue, TaskDefinition } from '../model/task-definition.ts';
import type { TaskSpec } from '../model/task-spec.ts';

interface Override {
  readonly name?: string;
  readonly command?: readonly string[];
  readonly environment?: readonly NameValue[];
  readonly cpu?: number;
  readonly memory?: number;
  readonly memoryReservation?: number;
}

/** Joins a task with its definition, overrides applied: the same text for every delivery of one task epoch. */
export function taskSpec(scope: Scope, task: Task, definition: TaskDefinition): TaskSpec {
  const { document } = definition;
  const overrides = (task.overrides?.['containerOverrides'] ?? []) as unknown as readonly Override[];
  const hasOwnSize = document.cpu !== undefined || document.memory !== undefined;
  return {
    taskId: task.taskId,
    epoch: task.epoch,
    cluster: task.cluster,
    taskArn: taskArn(scope, task.cluster, task.taskId),
    group: task.group,
    ...(task.fenced ? { fenced: true } : {}),
    family: definition.family,
    revision: definition.revision,
    networkMode: document.networkMode ?? 'bridge',
    ...(hasOwnSize ? { cpu: task.resources.cpu, memory: task.resources.memory } : {}),
    containers: document.containerDefinitions.map((container) =>
      overridden(
        container,
        overrides.find((override) => override.name === container.name),
      ),
    ),
  };
}

/** An override replaces the command and sizes; its environment is laid over the definition's, as ECS does. */
function overridden(container: ContainerDefinition, override: Override | undefined): ContainerDefinition {
  if (!override) return container;
  const { environment, name: _name, ...rest } = override;
  const replaced = new Set(environment?.map((variable) => variable.name));
  const kept = (container.environment ?? []).filter((variable) => !replaced.has(variable.name));
  return { ...container, ...rest, ...(environment ? { environment: [...kept, ...environment] } : {}) };
}
