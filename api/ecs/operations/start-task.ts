import { StartTask$, type StartTaskRequest, type StartTaskResponse } from '@aws-sdk/client-ecs';
import { runTask } from '#control/tasks/run-task.ts';
import { clusterName, definitionName, instanceId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';
import { readTags } from '../tags.ts';
import { failureViews } from '../views/failure.ts';
import { taskViews } from '../views/task.ts';
import { networkConfigurationOf, overridesOf, refuseOversize } from './launch-members.ts';
import { propagation } from './run-task.ts';

export const startTaskOperation = operation<StartTaskRequest, StartTaskResponse>(
  StartTask$,
  async ({ deps }, input) => {
    refuseOversize(input);
    const cluster = clusterName(deps.scope, input.cluster);
    const instances = (input.containerInstances ?? []).map((text) => instanceId(deps.scope, cluster, text));
    const { tasks, failures } = await runTask(deps, {
      cluster,
      taskDefinition: definitionName(deps.scope, input.taskDefinition),
      count: instances.length,
      instances,
      launchType: 'EC2',
      ...networkConfigurationOf(input.networkConfiguration),
      ...overridesOf(input.overrides),
      ...present({
        group: input.group,
        startedBy: input.startedBy,
        enableECSManagedTags: input.enableECSManagedTags,
      }),
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: input.enableExecuteCommand ?? false,
      ...propagation(input.propagateTags),
      tags: readTags(input.tags),
    });
    return { tasks: await taskViews(deps, tasks, { tags: true }), failures: failureViews(failures) };
  },
);
