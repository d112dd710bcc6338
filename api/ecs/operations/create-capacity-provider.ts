import {
  CreateCapacityProvider$,
  type CreateCapacityProviderRequest,
  type CreateCapacityProviderResponse,
} from '@aws-sdk/client-ecs';
import { createCapacityProvider } from '#control/capacity-providers/create-capacity-provider.ts';
import { Fault } from '#core/fault.ts';
import { operation } from '../operation.ts';
import { readTags } from '../tags.ts';
import { groupProviderView } from '../views/capacity-provider.ts';
import { groupChangesOf } from './capacity-provider-members.ts';

export const createCapacityProviderOperation = operation<CreateCapacityProviderRequest, CreateCapacityProviderResponse>(
  CreateCapacityProvider$,
  async ({ deps }, input) => {
    if (!input.autoScalingGroupProvider) {
      throw new Fault('InvalidParameter', 'AutoScalingGroupProvider can not be null.');
    }
    const provider = await createCapacityProvider(deps, {
      name: input.name ?? '',
      autoScalingGroup: groupChangesOf(input.autoScalingGroupProvider),
      tags: readTags(input.tags),
    });
    return { capacityProvider: groupProviderView(deps.scope, provider, { tags: true }) };
  },
);
