import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { CreateTaskSetServiceIntent, ServiceChanges } from '#control/intents.ts';
import { Fault } from '#core/fault.ts';

/** What a task set says for itself, so that its service can not. */
const OF_TASK_SETS = [
  'taskDefinition',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
] as const satisfies readonly (keyof CreateServiceRequest)[];

type Deployed =
  | 'taskDefinition'
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'networkConfiguration';

/**
 * The members of a service with the EXTERNAL controller; desiredCount is 0 unless given.
 * Throws InvalidParameter for members that belong to its task sets.
 */
export function externalMembers(
  input: CreateServiceRequest,
  changes: ServiceChanges,
): Omit<ServiceChanges, Deployed | 'circuitBreaker'> & Pick<CreateTaskSetServiceIntent, 'controller'> {
  for (const member of OF_TASK_SETS) {
    const value = input[member];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    throw new Fault(
      'InvalidParameter',
      `${member} can not be specified for services with an EXTERNAL deployment controller. Specify it in CreateTaskSet.`,
    );
  }
  if (changes.circuitBreaker?.enable) {
    throw new Fault(
      'InvalidParameter',
      'Deployment circuit breaker is supported with the ECS deployment controller only.',
    );
  }
  const { circuitBreaker: _breaker, ...members } = changes;
  return { ...members, controller: 'EXTERNAL' };
}
