import type { TaskOverride, Task as WireTask } from '@aws-sdk/client-ecs';
import type { Dependencies } from '#control/dependencies.ts';
import type { TaskView } from '#control/intents.ts';
import { loadDefinition } from '#control/task-definitions/load-definition.ts';
import { clusterArn, containerInstanceArn, taskArn, taskDefinitionArn } from '#core/model/arn.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import { tagsIf } from '../tags.ts';
import { containerView } from './container.ts';
import { lastStatus } from './task-status.ts';

/** What `LATEST` means for Linux tasks. */
const PLATFORM_VERSION = '1.4.0';

/** Tasks as ECS shows them. Containers follow the definition, which each task's revision is read for once. */
export const taskViews = (
  deps: Dependencies,
  views: readonly TaskView[],
  included: { readonly tags: boolean } = { tags: false },
): Promise<WireTask[]> =>
  Promise.all(
    views.map(async (view) => wireTask(deps, view, await loadDefinition(deps, view.task.definition), included.tags)),
  );

function wireTask(
  { scope, ids }: Pick<Dependencies, 'scope' | 'ids'>,
  view: TaskView,
  definition: TaskDefinition,
  withTags: boolean,
): WireTask {
  const { task, version } = view;
  return {
    taskArn: taskArn(scope, task.cluster, task.taskId),
    clusterArn: clusterArn(scope, task.cluster),
    taskDefinitionArn: taskDefinitionArn(scope, task.definition.family, task.definition.revision),
    ...(task.assignment
      ? { containerInstanceArn: containerInstanceArn(scope, task.cluster, task.assignment.instanceId) }
      : {}),
    lastStatus: lastStatus(view),
    desiredStatus: task.desiredStatus,
    healthStatus: view.observation?.healthStatus ?? 'UNKNOWN',
    launchType: task.launchType,
    capacityProviderName: task.capacityProvider,
    ...(task.launchType === 'FARGATE' ? platform(task.platformVersion) : {}),
    cpu: String(task.resources.cpu),
    memory: String(task.resources.memory),
    group: task.group,
    startedBy: task.startedBy,
    overrides: overridesOf(view, definition),
    containers: definition.document.containerDefinitions.map((container) =>
      containerView({ scope, ids }, view, container),
    ),
    attachments: [],
    attributes: [],
    enableExecuteCommand: task.enableExecuteCommand,
    version,
    ...tagsIf(withTags, task.tags),
    ...moments(view),
  };
}

const platform = (requested: string | undefined): Pick<WireTask, 'platformVersion' | 'platformFamily'> => ({
  platformVersion: requested === undefined || requested === 'LATEST' ? PLATFORM_VERSION : requested,
  platformFamily: 'Linux',
});

/** When each thing happened, and why it ended: who was asked to stop has that reason, however its containers ended. */
function moments({ task, observation }: TaskView): Partial<WireTask> {
  const stop = task.stop ?? observation?.stop;
  return {
    createdAt: new Date(task.createdAt),
    pullStartedAt: date(observation?.pullStartedAt),
    pullStoppedAt: date(observation?.pullStoppedAt),
    startedAt: date(observation?.startedAt),
    stoppingAt: date(observation?.stoppingAt ?? task.stop?.at),
    stoppedAt: date(observation?.stoppedAt),
    executionStoppedAt: date(observation?.stoppedAt),
    ...(observation?.startedAt === undefined
      ? {}
      : { connectivity: 'CONNECTED', connectivityAt: date(observation.startedAt) }),
    ...(stop ? { stopCode: stop.code, stoppedReason: stop.reason } : {}),
  };
}

const date = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

/** ECS lists every container in the overrides, the untouched ones by name only. */
function overridesOf({ task }: TaskView, definition: TaskDefinition): TaskOverride {
  const given = (task.overrides ?? {}) as unknown as TaskOverride;
  const byName = new Map(given.containerOverrides?.map((override) => [override.name, override]));
  return {
    ...given,
    containerOverrides: definition.document.containerDefinitions.map(({ name }) => byName.get(name) ?? { name }),
    inferenceAcceleratorOverrides: [],
  };
}
