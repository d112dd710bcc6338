import {
  UpdateCapacityProvider$,
  type UpdateCapacityProviderRequest,
  type UpdateCapacityProviderResponse,
} from '@aws-sdk/client-ecs';
import { updateCapacityProvider } from '#control/capacity-providers/update-capacity-provider.ts';
import { Fault } from '#core/fault.ts';
import { capacityProviderName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { groupProviderView } from '../views/capacity-provider.ts';
import { groupChangesOf } from './capacity-provider-members.ts';

export const updateCapacityProviderOperation = operation<UpdateCapacityProviderRequest, UpdateCapacityProviderResponse>(
  UpdateCapacityProvider$,
  async ({ deps }, input) => {
    if (!input.autoScalingGroupProvider) {
      throw new Fault('InvalidParameter', 'AutoScalingGroupProvider can not be null.');
    }
    const name = capacityProviderName(deps.scope, input.name);
    const provider = await updateCapacityProvider(deps, name, groupChangesOf(input.autoScalingGroupProvider));
    return { capacityProvider: groupProviderView(deps.scope, provider, { tags: true }) };
  },
);
