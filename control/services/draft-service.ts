import { Fault } from '#core/fault.ts';
import type { DeploymentSpec, Service, ServiceScheduler } from '#core/model/service.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import type { TaskSetService } from '#core/model/task-set.ts';
import { checkRollout } from '#core/service/rollout-rules.ts';
import { defaultRebalancing, requireRebalanceable } from '#core/service/zone-rebalancing.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CreateServiceIntent, CreateTaskSetServiceIntent, ServiceChanges } from '../intents.ts';
import { resolveTaskDefinition } from '../task-definitions/resolve.ts';
import { requireRunnable } from '../tasks/draft-task.ts';
import { requireRouter } from './route-traffic.ts';

type Deployed = Pick<
  DeploymentSpec,
  'launchType' | 'capacityProviderStrategy' | 'platformVersion' | 'networkConfiguration'
>;

/** A new deployment of the named definition. Faults: Refused when the definition may not start new tasks. */
export async function draftDeployment(
  deps: Dependencies,
  taskDefinition: string,
  members: Deployed,
): Promise<DeploymentSpec> {
  return deploymentOf(deps, await resolveTaskDefinition(deps, taskDefinition), members);
}

/** A new deployment of a definition; its id is random, so it never returns. */
export function deploymentOf(deps: Dependencies, definition: TaskDefinition, members: Deployed): DeploymentSpec {
  requireRunnable(definition, members);
  return {
    ...members,
    id: `ecs-svc/${deps.ids.digits(19)}`,
    definition: { family: definition.family, revision: definition.revision },
    createdAt: deps.clock.now(),
  };
}

/** The members of a deployment that an intent names; absent ones keep what stood there. */
export const deployedMembers = (changes: ServiceChanges, before?: Deployed): Deployed => {
  const platformVersion = changes.platformVersion ?? before?.platformVersion;
  const networkConfiguration = changes.networkConfiguration ?? before?.networkConfiguration;
  // A launch type that is asked for takes the place of a strategy.
  const strategy = changes.capacityProviderStrategy ?? (changes.launchType ? [] : before?.capacityProviderStrategy);
  return {
    launchType: changes.launchType ?? before?.launchType ?? 'EC2',
    ...(strategy?.length ? { capacityProviderStrategy: strategy } : {}),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration ? { networkConfiguration } : {}),
  };
};

/** What a scheduler could never satisfy, or not here, is refused up front. */
export function requireRollable(
  deps: Pick<Dependencies, 'router'>,
  service: Percents & Pick<Service, 'rollout'>,
): void {
  const { minimumHealthyPercent: minimum, maximumPercent: maximum, rollout } = service;
  if (rollout) {
    checkRollout(rollout, minimum);
    requireRouter(deps, rollout);
  }
  if (maximum < minimum) {
    throw new Fault(
      'InvalidParameter',
      `maximumPercent ${maximum} must not be below minimumHealthyPercent ${minimum}.`,
    );
  }
  if (maximum === 0) throw new Fault('InvalidParameter', 'maximumPercent must be above 0.');
}

/** What a request makes a service with, beside its members. */
export interface CreateRequest {
  readonly generation: number;
  readonly fingerprint: string;
  readonly now: number;
}

type Percents = Pick<Service, 'minimumHealthyPercent' | 'maximumPercent'>;

/** ECS's defaults: a machine has room for one of a daemon's tasks, so the old one stops before the new one starts. */
const DEFAULT_PERCENTS: Readonly<Record<ServiceScheduler, Percents>> = {
  replicas: { minimumHealthyPercent: 100, maximumPercent: 200 },
  daemons: { minimumHealthyPercent: 0, maximumPercent: 100 },
};

/** A service with a deployment of its own. */
export const newService = (
  intent: CreateServiceIntent,
  deployment: DeploymentSpec,
  request: CreateRequest,
): Service => ({
  ...newMembers(intent, request, DEFAULT_PERCENTS[intent.scheduler ?? 'replicas']),
  scheduler: intent.scheduler ?? 'replicas',
  deployment,
  ...(intent.rollout ? { rollout: intent.rollout } : {}),
  ...(intent.circuitBreaker ? { circuitBreaker: intent.circuitBreaker } : {}),
});

/** A service with the EXTERNAL controller: its deployer makes its task sets later. */
export const newTaskSetService = (intent: CreateTaskSetServiceIntent, request: CreateRequest): TaskSetService => ({
  ...newMembers(intent, request, DEFAULT_PERCENTS.replicas),
  scheduler: 'task-sets',
  taskSets: [],
  spentTokens: [],
});

const newMembers = (
  intent: CreateServiceIntent | CreateTaskSetServiceIntent,
  request: CreateRequest,
  defaults: Percents,
): Omit<TaskSetService, 'scheduler' | 'taskSets' | 'spentTokens'> => ({
  cluster: intent.cluster,
  name: intent.name,
  status: 'ACTIVE',
  generation: request.generation,
  desiredCount: intent.desiredCount ?? 0,
  minimumHealthyPercent: intent.minimumHealthyPercent ?? defaults.minimumHealthyPercent,
  maximumPercent: intent.maximumPercent ?? defaults.maximumPercent,
  placementConstraints: intent.placementConstraints ?? [],
  placementStrategy: intent.placementStrategy ?? [],
  enableExecuteCommand: intent.enableExecuteCommand ?? false,
  enableECSManagedTags: intent.enableECSManagedTags ?? false,
  ...(intent.propagateTags ? { propagateTags: intent.propagateTags } : {}),
  ...(intent.healthCheckGracePeriodSeconds === undefined
    ? {}
    : { healthCheckGracePeriodSeconds: intent.healthCheckGracePeriodSeconds }),
  echo: intent.echo ?? {},
  tags: intent.tags,
  createdAt: request.now,
  createdBy: intent.createdBy,
  ...(intent.clientToken === undefined
    ? {}
    : { clientToken: intent.clientToken, requestFingerprint: request.fingerprint }),
});

/** Availability zone rebalancing as asked for, or by default where the service can have it. Faults: InvalidParameter. */
export function withRebalancing(service: Service, intent: ServiceChanges): Service {
  if (intent.availabilityZoneRebalancing === 'ENABLED') requireRebalanceable(service);
  return {
    ...service,
    availabilityZoneRebalancing: intent.availabilityZoneRebalancing ?? defaultRebalancing(service),
  };
}
