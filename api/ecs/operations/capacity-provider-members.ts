import type { AutoScalingGroupProvider } from '@aws-sdk/client-ecs';
import type { AutoScalingGroupChanges } from '#core/capacity/check-provider.ts';
import { present } from '../present.ts';

/** The enums among them were checked when the request was decoded. */
export const groupChangesOf = ({
  managedScaling,
  ...members
}: Partial<AutoScalingGroupProvider>): AutoScalingGroupChanges =>
  present({ ...members, managedScaling: managedScaling && present(managedScaling) }) as AutoScalingGroupChanges;
