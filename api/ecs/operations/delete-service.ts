import { DeleteService$, type DeleteServiceRequest, type DeleteServiceResponse } from '@aws-sdk/client-ecs';
import { deleteService } from '#control/services/delete-service.ts';
import { clusterName, serviceName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { serviceView } from '../views/service.ts';

export const deleteServiceOperation = operation<DeleteServiceRequest, DeleteServiceResponse>(
  DeleteService$,
  async ({ deps }, input) => {
    const cluster = clusterName(deps.scope, input.cluster);
    const name = serviceName(deps.scope, cluster, input.service);
    const view = await deleteService(deps, cluster, name, input.force ?? false);
    return { service: serviceView(deps.scope, view, { tags: true }) };
  },
);
