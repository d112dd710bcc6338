import {
  CreateTaskSet$,
  type CreateTaskSetRequest,
  type CreateTaskSetResponse,
  DeleteTaskSet$,
  type DeleteTaskSetRequest,
  type DeleteTaskSetResponse,
  DescribeTaskSets$,
  type DescribeTaskSetsRequest,
  type DescribeTaskSetsResponse,
  type Scale,
  UpdateServicePrimaryTaskSet$,
  type UpdateServicePrimaryTaskSetRequest,
  type UpdateServicePrimaryTaskSetResponse,
  UpdateTaskSet$,
  type UpdateTaskSetRequest,
  type UpdateTaskSetResponse,
} from '@aws-sdk/client-ecs';
import type { Dependencies } from '#control/dependencies.ts';
import type { CreateTaskSetIntent, TaskSetName } from '#control/intents.ts';
import type { TaskSetView } from '#control/task-sets/change-task-sets.ts';
import { createTaskSet } from '#control/task-sets/create-task-set.ts';
import { deleteTaskSet } from '#control/task-sets/delete-task-set.ts';
import { describeTaskSets } from '#control/task-sets/read-task-sets.ts';
import { setPrimaryTaskSet } from '#control/task-sets/set-primary-task-set.ts';
import { updateTaskSet } from '#control/task-sets/update-task-set.ts';
import { Fault } from '#core/fault.ts';
import type { JsonObject } from '#core/json.ts';
import { taskSetArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import { clusterName, definitionName, serviceName, taskSetId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';
import { includesTags, readTags } from '../tags.ts';
import { found, missing } from '../views/failure.ts';
import { taskSetView } from '../views/task-set.ts';
import { capacityOf, networkConfigurationOf, refuseOversize } from './launch-members.ts';

interface Named {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
}

function ownerOf(scope: Scope, input: Named): Pick<TaskSetName, 'cluster' | 'service'> {
  const cluster = clusterName(scope, input.cluster);
  return { cluster, service: serviceName(scope, cluster, input.service) };
}

function nameOf(scope: Scope, input: Named, taskSet: string | undefined): TaskSetName {
  const owner = ownerOf(scope, input);
  return { ...owner, taskSet: taskSetId(scope, owner.cluster, owner.service, taskSet) };
}

const wire = ({ scope }: Dependencies, view: TaskSetView) => ({
  taskSet: taskSetView(scope, view, view.taskSet, { tags: true }),
});

/** A task set nobody scales has no tasks. */
function percentOf(scale: Scale | undefined): number {
  const { value } = scale ?? {};
  if (value !== undefined && (value < 0 || value > 100)) {
    throw new Fault('InvalidParameter', `The scale's value must be from 0 to 100 percent, got ${value}.`);
  }
  return value ?? 0;
}

function createIntent(scope: Scope, input: CreateTaskSetRequest): CreateTaskSetIntent {
  refuseOversize(input);
  return {
    ...ownerOf(scope, input),
    ...capacityOf(input),
    ...networkConfigurationOf(input.networkConfiguration),
    ...present({
      platformVersion: input.platformVersion,
      externalId: input.externalId,
      clientToken: input.clientToken,
    }),
    taskDefinition: definitionName(scope, input.taskDefinition),
    scale: percentOf(input.scale),
    echo: present({
      loadBalancers: input.loadBalancers,
      serviceRegistries: input.serviceRegistries,
    }) as unknown as JsonObject,
    tags: readTags(input.tags),
  };
}

export const createTaskSetOperation = operation<CreateTaskSetRequest, CreateTaskSetResponse>(
  CreateTaskSet$,
  async ({ deps }, input) => wire(deps, await createTaskSet(deps, createIntent(deps.scope, input))),
);

export const updateTaskSetOperation = operation<UpdateTaskSetRequest, UpdateTaskSetResponse>(
  UpdateTaskSet$,
  async ({ deps }, input) => {
    if (input.scale?.value === undefined) throw new Fault('InvalidParameter', 'Scale can not be null.');
    const name = nameOf(deps.scope, input, input.taskSet);
    return wire(deps, await updateTaskSet(deps, name, percentOf(input.scale)));
  },
);

export const deleteTaskSetOperation = operation<DeleteTaskSetRequest, DeleteTaskSetResponse>(
  DeleteTaskSet$,
  async ({ deps }, input) => {
    const name = nameOf(deps.scope, input, input.taskSet);
    return wire(deps, await deleteTaskSet(deps, name, input.force ?? false));
  },
);

export const updateServicePrimaryTaskSetOperation = operation<
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse
>(UpdateServicePrimaryTaskSet$, async ({ deps }, input) =>
  wire(deps, await setPrimaryTaskSet(deps, nameOf(deps.scope, input, input.primaryTaskSet))),
);

export const describeTaskSetsOperation = operation<DescribeTaskSetsRequest, DescribeTaskSetsResponse>(
  DescribeTaskSets$,
  async ({ deps }, input) => {
    if (!input.taskSets?.length) throw new Fault('InvalidParameter', 'TaskSets cannot be empty.');
    const { cluster, service } = ownerOf(deps.scope, input);
    const asked = input.taskSets.map((text) => taskSetId(deps.scope, cluster, service, text));
    const ids = [...new Set(asked)];
    const views = await describeTaskSets(deps, cluster, service, ids);
    return {
      taskSets: found(views).map((view) =>
        taskSetView(deps.scope, view, view.taskSet, { tags: includesTags(input.include) }),
      ),
      failures: missing(views, (position) => taskSetArn(deps.scope, cluster, service, ids[position] ?? '')),
    };
  },
);
