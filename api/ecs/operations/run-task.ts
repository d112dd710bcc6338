import { RunTask$, type RunTaskRequest, type RunTaskResponse } from '@aws-sdk/client-ecs';
import type { RunTaskIntent } from '#control/intents.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { Fault } from '#core/fault.ts';
import { clusterName, definitionName } from '../identifiers.ts';
import { type Call, operation } from '../operation.ts';
import { present } from '../present.ts';
import { readTags } from '../tags.ts';
import { failureViews } from '../views/failure.ts';
import { taskViews } from '../views/task.ts';
import {
  capacityOf,
  networkConfigurationOf,
  overridesOf,
  placementConstraintsOf,
  placementStrategyOf,
  refuseOversize,
} from './launch-members.ts';

export const runTaskOperation = operation<RunTaskRequest, RunTaskResponse>(RunTask$, async (call, input) => {
  const { tasks, failures } = await runTask(call.deps, intentOf(call, input));
  return {
    tasks: await taskViews(call.deps, tasks, { tags: true }),
    failures: failureViews(failures),
  };
});

function intentOf({ deps }: Call, input: RunTaskRequest): RunTaskIntent {
  refuseOversize(input);
  return {
    cluster: clusterName(deps.scope, input.cluster),
    taskDefinition: definitionName(deps.scope, input.taskDefinition),
    count: input.count ?? 1,
    ...capacityOf(input),
    ...networkConfigurationOf(input.networkConfiguration),
    ...overridesOf(input.overrides),
    ...present({
      group: input.group,
      startedBy: input.startedBy,
      platformVersion: input.platformVersion,
      clientToken: input.clientToken,
      enableECSManagedTags: input.enableECSManagedTags,
    }),
    placementConstraints: placementConstraintsOf(input.placementConstraints),
    placementStrategy: placementStrategyOf(input.placementStrategy),
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    ...propagation(input.propagateTags),
    tags: readTags(input.tags),
  };
}

/** A task that belongs to no service has no service to take tags from. */
export function propagation(source: string | undefined): Pick<RunTaskIntent, 'propagateTags'> {
  if (source === 'SERVICE') {
    throw new Fault('InvalidParameter', 'Tags can be propagated from a service only to tasks of a service.');
  }
  return source === undefined ? {} : { propagateTags: source as 'TASK_DEFINITION' | 'NONE' };
}
