import { Fault } from '#core/fault.ts';
import type { AnyService, TaskSetService } from '#core/model/task-set.ts';
import type { UpdateServiceIntent } from '../intents.ts';

const controllerOf = (service: AnyService): 'ECS' | 'EXTERNAL' =>
  service.scheduler === 'task-sets' ? 'EXTERNAL' : 'ECS';

/** Throws Unsupported when an update would give the service another controller. */
export function requireController(service: AnyService, { controller }: UpdateServiceIntent): void {
  if (controller === undefined || controller === controllerOf(service)) return;
  throw new Fault(
    'Unsupported',
    `Berth does not change a service's deployment controller from ${controllerOf(service)} to ${controller}: make a new service.`,
  );
}

/** Throws InvalidParameter for what only a new task set can change, in the words ECS has for CODE_DEPLOY services. */
export function refuseTaskSetChanges(service: TaskSetService, intent: UpdateServiceIntent): void {
  const { echo = {} } = intent;
  refuse('update task definition', intent.taskDefinition);
  refuse('update launch type', intent.launchType);
  refuse('update capacity provider strategy', intent.capacityProviderStrategy);
  refuse('update platform version', intent.platformVersion);
  refuse('update network parameters', intent.networkConfiguration);
  refuse('update load balancers', echo['loadBalancers']);
  refuse('update service registries', echo['serviceRegistries']);
  refuse('enable the deployment circuit breaker', intent.circuitBreaker?.enable || undefined);
  refuse('force a new deployment', intent.forceNewDeployment || undefined);
  const { placementConstraints = [], placementStrategy = [] } = intent;
  const isPlacing = placementConstraints.length + placementStrategy.length > 0;
  if (isPlacing && service.taskSets.some(({ deployment }) => deployment.launchType === 'FARGATE')) {
    throw new Fault(
      'InvalidParameter',
      'Placement constraints and strategies are not supported with FARGATE task sets.',
    );
  }
}

function refuse(what: string, member: unknown): void {
  if (member === undefined) return;
  throw new Fault(
    'InvalidParameter',
    `Unable to ${what} on services with an EXTERNAL deployment controller. Create a new task set with CreateTaskSet.`,
  );
}
