import { Fault } from '../fault.ts';
import type { AutoScalingGroupProvider } from '../model/capacity-provider.ts';

/** Members of a request about an Auto Scaling group; absent ones keep what stands, or get ECS's default. */
export type AutoScalingGroupChanges = Partial<Omit<AutoScalingGroupProvider, 'managedScaling'>> & {
  readonly managedScaling?: Partial<AutoScalingGroupProvider['managedScaling']>;
};

const DEFAULTS: Omit<AutoScalingGroupProvider, 'autoScalingGroupArn'> = {
  managedScaling: {
    status: 'DISABLED',
    targetCapacity: 100,
    minimumScalingStepSize: 1,
    maximumScalingStepSize: 10_000,
    instanceWarmupPeriod: 300,
  },
  managedTerminationProtection: 'DISABLED',
  managedDraining: 'ENABLED',
};

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const RESERVED = /^(aws|ecs|fargate)/i;
const GROUP_ARN = /^arn:[^:]+:autoscaling:[^:]*:\d*:autoScalingGroup:[^:]+:autoScalingGroupName\/.{1,255}$/;
/** ECS takes the bare name of a group, too. */
const GROUP_NAME = /^[^:/\s]{1,255}$/;

/** Throws InvalidParameter for a name that ECS keeps to itself or does not allow. */
export function checkProviderName(name: string): void {
  if (!NAME.test(name))
    invalid('The capacity provider name must have 1 to 255 letters, digits, underscores or hyphens.');
  if (RESERVED.test(name)) {
    invalid(
      'The specified capacity provider name is invalid. Names must not begin with "aws", "ecs" or "fargate". Specify a valid name and try again.',
    );
  }
}

/** The provider after the changes. Throws InvalidParameter when they make no sense together. */
export function changedGroup(
  changes: AutoScalingGroupChanges,
  before: Partial<AutoScalingGroupProvider> = {},
): AutoScalingGroupProvider {
  const group = { ...DEFAULTS, ...before, ...changes };
  const managedScaling = { ...(before.managedScaling ?? DEFAULTS.managedScaling), ...changes.managedScaling };
  const autoScalingGroupArn = group.autoScalingGroupArn ?? '';
  if (!GROUP_ARN.test(autoScalingGroupArn) && !GROUP_NAME.test(autoScalingGroupArn)) {
    invalid('The specified Auto Scaling group ARN is invalid. Specify a valid ARN or name and try again.');
  }
  if (managedScaling.minimumScalingStepSize > managedScaling.maximumScalingStepSize) {
    invalid('The minimum scaling step size must not be above the maximum scaling step size.');
  }
  if (group.managedTerminationProtection === 'ENABLED' && managedScaling.status !== 'ENABLED') {
    invalid(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, managed scaling must be enabled, too.',
    );
  }
  return { ...group, autoScalingGroupArn, managedScaling };
}

const invalid = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
