import type { CapacityProvider as WireProvider } from '@aws-sdk/client-ecs';
import type { ProviderView } from '#control/capacity-providers/read-capacity-providers.ts';
import { capacityProviderArn } from '#core/model/arn.ts';
import type { CapacityProvider } from '#core/model/capacity-provider.ts';
import type { Scope } from '#core/model/scope.ts';
import { tagsIf } from '../tags.ts';

export function capacityProviderView(
  scope: Scope,
  view: ProviderView,
  included: { readonly tags: boolean },
): WireProvider {
  if (view.kind === 'auto-scaling-group') return groupProviderView(scope, view.provider, included);
  return {
    capacityProviderArn: capacityProviderArn(scope, view.name),
    name: view.name,
    status: 'ACTIVE',
    type: view.name as WireProvider['type'],
    tags: [],
  };
}

export const groupProviderView = (
  scope: Scope,
  provider: CapacityProvider,
  included: { readonly tags: boolean },
): WireProvider => ({
  capacityProviderArn: capacityProviderArn(scope, provider.name),
  name: provider.name,
  status: provider.status,
  type: 'EC2_AUTOSCALING',
  autoScalingGroupProvider: provider.autoScalingGroup,
  updateStatus: provider.updateStatus,
  updateStatusReason: provider.updateStatusReason,
  ...tagsIf(included.tags, provider.tags),
});
