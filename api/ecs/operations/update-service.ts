import { UpdateService$, type UpdateServiceRequest, type UpdateServiceResponse } from '@aws-sdk/client-ecs';
import { updateService } from '#control/services/update-service.ts';
import { clusterName, serviceName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { serviceView } from '../views/service.ts';
import { serviceChanges } from './service-changes.ts';

export const updateServiceOperation = operation<UpdateServiceRequest, UpdateServiceResponse>(
  UpdateService$,
  async ({ deps }, input) => {
    const cluster = clusterName(deps.scope, input.cluster);
    const controller = input.deploymentController?.type;
    const view = await updateService(deps, {
      ...serviceChanges(deps.scope, input),
      cluster,
      name: serviceName(deps.scope, cluster, input.service),
      forceNewDeployment: input.forceNewDeployment ?? false,
      ...(controller === 'ECS' || controller === 'EXTERNAL' ? { controller } : {}),
    });
    return { service: serviceView(deps.scope, view, { tags: true }) };
  },
);
