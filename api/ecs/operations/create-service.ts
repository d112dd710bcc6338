import { CreateService$, type CreateServiceRequest, type CreateServiceResponse } from '@aws-sdk/client-ecs';
import { createService } from '#control/services/create-service.ts';
import { Fault } from '#core/fault.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';
import { readTags } from '../tags.ts';
import { serviceView } from '../views/service.ts';
import { serviceChanges } from './service-changes.ts';

export const createServiceOperation = operation<CreateServiceRequest, CreateServiceResponse>(
  CreateService$,
  async ({ deps, principalArn }, input) => {
    const changes = serviceChanges(deps.scope, input);
    const { taskDefinition, desiredCount } = changes;
    if (taskDefinition === undefined) throw new Fault('InvalidParameter', 'TaskDefinition can not be blank.');
    const isDaemon = input.schedulingStrategy === 'DAEMON';
    if (desiredCount === undefined && !isDaemon) throw new Fault('InvalidParameter', 'DesiredCount can not be null.');
    const view = await createService(deps, {
      ...changes,
      cluster: clusterName(deps.scope, input.cluster),
      name: input.serviceName ?? '',
      taskDefinition,
      ...(isDaemon ? { scheduler: 'daemons' } : {}),
      tags: readTags(input.tags),
      ...present({ clientToken: input.clientToken }),
      createdBy: principalArn,
    });
    return { service: serviceView(deps.scope, view, { tags: true }) };
  },
);
