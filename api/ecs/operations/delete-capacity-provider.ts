import {
  DeleteCapacityProvider$,
  type DeleteCapacityProviderRequest,
  type DeleteCapacityProviderResponse,
} from '@aws-sdk/client-ecs';
import { deleteCapacityProvider } from '#control/capacity-providers/update-capacity-provider.ts';
import { capacityProviderName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { groupProviderView } from '../views/capacity-provider.ts';

export const deleteCapacityProviderOperation = operation<DeleteCapacityProviderRequest, DeleteCapacityProviderResponse>(
  DeleteCapacityProvider$,
  async ({ deps }, input) => {
    const provider = await deleteCapacityProvider(deps, capacityProviderName(deps.scope, input.capacityProvider));
    return { capacityProvider: groupProviderView(deps.scope, provider, { tags: true }) };
  },
);
