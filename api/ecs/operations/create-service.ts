import { CreateService$, type CreateServiceRequest, type CreateServiceResponse } from '@aws-sdk/client-ecs';
import type { ServiceChanges } from '#control/intents.ts';
import { createService } from '#control/services/create-service.ts';
import { Fault } from '#core/fault.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';
import { readTags } from '../tags.ts';
import { serviceView } from '../views/service.ts';
import { externalMembers } from './external-controller.ts';
import { serviceChanges } from './service-changes.ts';

export const createServiceOperation = operation<CreateServiceRequest, CreateServiceResponse>(
  CreateService$,
  async ({ deps, principalArn }, input) => {
    const changes = serviceChanges(deps.scope, input);
    const named = {
      cluster: clusterName(deps.scope, input.cluster),
      name: input.serviceName ?? '',
      tags: readTags(input.tags),
      ...present({ clientToken: input.clientToken }),
      createdBy: principalArn,
    };
    const isExternal = input.deploymentController?.type === 'EXTERNAL';
    const view = await createService(deps, {
      ...(isExternal ? externalMembers(input, changes) : deployedMembers(changes)),
      ...named,
    });
    return { service: serviceView(deps.scope, view, { tags: true }) };
  },
);

/** A service that ECS deploys says what its tasks are, and how many. */
function deployedMembers(changes: ServiceChanges): ServiceChanges & { readonly taskDefinition: string } {
  const { taskDefinition, desiredCount } = changes;
  if (taskDefinition === undefined) throw new Fault('InvalidParameter', 'TaskDefinition can not be blank.');
  if (desiredCount === undefined) throw new Fault('InvalidParameter', 'DesiredCount can not be null.');
  return { ...changes, taskDefinition };
}
