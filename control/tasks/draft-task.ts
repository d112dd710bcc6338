import type { Capacity } from '#core/capacity/resolve-capacity.ts';
import { providerAt } from '#core/capacity/share-out.ts';
import { Fault } from '#core/fault.ts';
import type { Task } from '#core/model/task.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import { type TaskOverride, taskGpus, taskHostPorts, taskResources } from '#core/task/task-resources.ts';
import { fargateSizeComplaint } from '#core/task-definition/fargate-sizes.ts';
import { parseCpu, parseMemory } from '#core/task-definition/task-size.ts';
import type { RunTaskIntent } from '../intents.ts';
import { mergeTags } from '../tags/tag-rules.ts';

/** The members of a task that follow from its definition. */
export function definedMembers(
  definition: TaskDefinition,
  overrides?: Task['overrides'],
): Pick<Task, 'definition' | 'resources' | 'hostPorts' | 'gpus'> {
  const gpus = taskGpus(definition.document, overrides);
  return {
    definition: { family: definition.family, revision: definition.revision },
    resources: taskResources(definition.document, overrides),
    hostPorts: taskHostPorts(definition.document),
    ...(gpus > 0 ? { gpus } : {}),
  };
}

/** AWS's quota. */
const MAX_CONSTRAINTS = 10;

/** What limits where a task may go: its definition's constraints and those of whoever starts it. */
export const taskConstraints = (
  { document }: TaskDefinition,
  own: Task['placementConstraints'],
): Task['placementConstraints'] => [
  ...own,
  ...(document.placementConstraints ?? []).map(({ expression = '' }) => ({ type: 'memberOf', expression }) as const),
];

/** The tasks of one RunTask or StartTask call, not placed yet. Ids are the caller's. */
export function draftTasks(
  intent: RunTaskIntent,
  definition: TaskDefinition,
  taskIds: readonly string[],
  request: { readonly fingerprint: string; readonly now: number; readonly capacity: Capacity },
): readonly Task[] {
  const shared = {
    cluster: intent.cluster,
    epoch: 1,
    desiredStatus: 'RUNNING',
    ...definedMembers(definition, intent.overrides),
    launchType: request.capacity.launchType,
    group: intent.group ?? `family:${definition.family}`,
    ...(intent.startedBy === undefined ? {} : { startedBy: intent.startedBy }),
    ...(intent.overrides ? { overrides: intent.overrides } : {}),
    ...(intent.networkConfiguration ? { networkConfiguration: intent.networkConfiguration } : {}),
    ...(intent.platformVersion === undefined ? {} : { platformVersion: intent.platformVersion }),
    placementConstraints: taskConstraints(definition, intent.placementConstraints),
    placementStrategy: intent.placementStrategy,
    enableExecuteCommand: intent.enableExecuteCommand,
    tags: taskTags(intent, definition),
    createdAt: request.now,
    ...(intent.clientToken === undefined
      ? {}
      : { clientToken: intent.clientToken, requestFingerprint: request.fingerprint, requestCount: taskIds.length }),
  } as const;
  const { capacityProviderStrategy: strategy } = request.capacity;
  return taskIds.map((taskId, position): Task => {
    const pinnedTo = intent.instances?.[position];
    return {
      ...shared,
      taskId,
      ...(strategy ? { capacityProvider: providerAt(strategy, position) } : {}),
      ...(pinnedTo === undefined ? {} : { pinnedTo }),
    };
  });
}

/** The caller's own tags take the place of the definition's with the same keys. */
function taskTags(intent: RunTaskIntent, definition: TaskDefinition): Task['tags'] {
  const inherited = intent.propagateTags === 'TASK_DEFINITION' ? definition.tags : [];
  const managed = intent.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: intent.cluster }] : [];
  return [...mergeTags(inherited, intent.tags), ...managed];
}

/**
 * What RunTask, StartTask and CreateService refuse before anything is written.
 * Source: RunTask in the ECS API reference; the texts follow what the service answers.
 */
export function requireRunnable(
  definition: TaskDefinition,
  request: Pick<RunTaskIntent, 'launchType' | 'networkConfiguration' | 'overrides'> &
    Partial<Pick<RunTaskIntent, 'placementConstraints'>>,
): void {
  const { document, compatibilities } = definition;
  if (request.launchType === 'FARGATE' && !compatibilities.includes('FARGATE')) {
    throw new Fault('InvalidParameter', 'Task definition does not support launch_type FARGATE.');
  }
  requireSize(definition, request);
  if (document.networkMode === 'awsvpc' && !request.networkConfiguration) {
    throw new Fault(
      'InvalidParameter',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  }
  if (document.networkMode !== 'awsvpc' && request.networkConfiguration) {
    throw new Fault(
      'InvalidParameter',
      'Network Configuration is not valid for the given networkMode of this task definition.',
    );
  }
  if (taskConstraints(definition, request.placementConstraints ?? []).length > MAX_CONSTRAINTS) {
    throw new Fault(
      'InvalidParameter',
      `A task can have at most ${MAX_CONSTRAINTS} placement constraints, those of its task definition included.`,
    );
  }
  const names = new Set(document.containerDefinitions.map((container) => container.name));
  const overridden = (request.overrides?.['containerOverrides'] ?? []) as readonly { readonly name?: string }[];
  const unknown = overridden.find((override) => override.name === undefined || !names.has(override.name));
  if (unknown) {
    throw new Fault(
      'InvalidParameter',
      `Override for container named ${unknown.name ?? '(none)'} is not a container in the TaskDefinition.`,
    );
  }
}

/** Overrides are sizes too, and on Fargate the size they leave must be one it has. */
function requireSize(
  { document }: TaskDefinition,
  { launchType, overrides }: Pick<RunTaskIntent, 'launchType' | 'overrides'>,
): void {
  const { cpu, memory } = (overrides ?? {}) as TaskOverride;
  if (cpu === undefined && memory === undefined) return;
  if (cpu !== undefined && !parseCpu(cpu)) throw new Fault('InvalidParameter', "Invalid 'cpu' setting for task.");
  if (memory !== undefined && !parseMemory(memory)) {
    throw new Fault('InvalidParameter', "Invalid 'memory' setting for task.");
  }
  const size = taskResources(document, overrides);
  const complaint = launchType === 'FARGATE' ? fargateSizeComplaint(size.cpu, size.memory) : undefined;
  if (complaint) throw new Fault('InvalidParameter', complaint);
}
