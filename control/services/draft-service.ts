import { Fault } from '#core/fault.ts';
import type { DeploymentSpec, Service } from '#core/model/service.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import type { TaskSetService } from '#core/model/task-set.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CreateServiceIntent, CreateTaskSetServiceIntent, ServiceChanges } from '../intents.ts';
import { resolveTaskDefinition } from '../task-definitions/resolve.ts';
import { requireRunnable } from '../tasks/draft-task.ts';

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

/** Percentages a scheduler could never satisfy are refused up front. */
export function requireRollable(service: Pick<Service, 'minimumHealthyPercent' | 'maximumPercent'>): void {
  const { minimumHealthyPercent: minimum, maximumPercent: maximum } = service;
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

/** ECS's defaults for a REPLICA service. */
export const newService = (
  intent: CreateServiceIntent,
  deployment: DeploymentSpec,
  request: CreateRequest,
): Service => ({
  ...newMembers(intent, request),
  scheduler: 'replicas',
  deployment,
  ...(intent.circuitBreaker ? { circuitBreaker: intent.circuitBreaker } : {}),
});

/** A service with the EXTERNAL controller: its deployer makes its task sets later. */
export const newTaskSetService = (intent: CreateTaskSetServiceIntent, request: CreateRequest): TaskSetService => ({
  ...newMembers(intent, request),
  scheduler: 'task-sets',
  taskSets: [],
  spentTokens: [],
});

const newMembers = (
  intent: CreateServiceIntent | CreateTaskSetServiceIntent,
  request: CreateRequest,
): Omit<TaskSetService, 'scheduler' | 'taskSets' | 'spentTokens'> => ({
  cluster: intent.cluster,
  name: intent.name,
  status: 'ACTIVE',
  generation: request.generation,
  desiredCount: intent.desiredCount ?? 0,
  minimumHealthyPercent: intent.minimumHealthyPercent ?? 100,
  maximumPercent: intent.maximumPercent ?? 200,
  placementConstraints: intent.placementConstraints ?? [],
  placementStrategy: intent.placementStrategy ?? [],
  enableExecuteCommand: intent.enableExecuteCommand ?? false,
  enableECSManagedTags: intent.enableECSManagedTags ?? false,
  ...(intent.propagateTags ? { propagateTags: intent.propagateTags } : {}),
  echo: intent.echo ?? {},
  tags: intent.tags,
  createdAt: request.now,
  createdBy: intent.createdBy,
  ...(intent.clientToken === undefined
    ? {}
    : { clientToken: intent.clientToken, requestFingerprint: request.fingerprint }),
});
