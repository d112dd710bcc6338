import { resolveCapacity } from '#core/capacity/resolve-capacity.ts';
import { Fault } from '#core/fault.ts';
import type { DeploymentSpec, Service } from '#core/model/service.ts';
import { requireRebalanceable } from '#core/service/zone-rebalancing.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ServiceView, UpdateServiceIntent } from '../intents.ts';
import { put, read, services } from '../records.ts';
import { loadDefinition } from '../task-definitions/load-definition.ts';
import { type CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';
import { requireView, serviceWake } from './create-service.ts';
import { deployedMembers, deploymentOf, draftDeployment, requireRollable } from './draft-service.ts';

/**
 * UpdateService: changes the intent. Another definition, launch type or network, or forceNewDeployment, makes a new
 * deployment; a new count or percentage does not.
 * Faults: ClusterNotFound, ServiceNotFound, ServiceNotActive, InvalidParameter.
 */
export async function updateService(deps: Dependencies, intent: UpdateServiceIntent): Promise<ServiceView> {
  const cluster = await requireCluster(deps, intent.cluster);
  const isShared = intent.capacityProviderStrategy !== undefined && intent.capacityProviderStrategy.length > 0;
  const asked = isShared ? { ...intent, ...resolveCapacity(cluster.value, intent) } : intent;
  const id = { cluster: intent.cluster, service: intent.name };
  await untilCommitted(`update of service ${intent.name}`, async (): Promise<undefined | typeof CONFLICT> => {
    const before = await read(deps.store, services, id);
    if (!before) throw new Fault('ServiceNotFound', 'Service not found.');
    if (before.value.status !== 'ACTIVE') throw new Fault('ServiceNotActive', 'Service was not ACTIVE.');
    const service = changed(before.value, intent, await nextDeployment(deps, before.value, asked));
    requireRollable(service);
    if (intent.availabilityZoneRebalancing === 'ENABLED') requireRebalanceable(service);
    const outcome = await deps.store.transact([
      put(services, id, service, before.version, { wake: serviceWake(service) }),
    ]);
    return unlessConflict(outcome);
  });
  return requireView(deps, intent.cluster, intent.name);
}

/** The same deployment when nothing its tasks are made of changes: a repeated update must not restart anything. */
async function nextDeployment(
  deps: Dependencies,
  { deployment }: Service,
  intent: UpdateServiceIntent,
): Promise<DeploymentSpec> {
  const members = deployedMembers(intent, deployment);
  const isUntouched =
    intent.taskDefinition === undefined && intent.launchType === undefined && !intent.capacityProviderStrategy;
  const isSameNetwork = intent.networkConfiguration === undefined && intent.platformVersion === undefined;
  if (isUntouched && isSameNetwork && !intent.forceNewDeployment) return deployment;
  // A service keeps rolling with the revision it has, also after that revision was deregistered.
  const next =
    intent.taskDefinition === undefined
      ? deploymentOf(deps, await loadDefinition(deps, deployment.definition), members)
      : await draftDeployment(deps, intent.taskDefinition, members);
  const made = ({ id: _id, createdAt: _at, isRollback: _rollback, ...rest }: DeploymentSpec) =>
    deps.ids.fingerprint(rest);
  return !intent.forceNewDeployment && made(next) === made(deployment) ? deployment : next;
}

function changed(before: Service, intent: UpdateServiceIntent, deployment: DeploymentSpec): Service {
  return {
    ...before,
    generation: before.generation + 1,
    deployment,
    desiredCount: intent.desiredCount ?? before.desiredCount,
    minimumHealthyPercent: intent.minimumHealthyPercent ?? before.minimumHealthyPercent,
    maximumPercent: intent.maximumPercent ?? before.maximumPercent,
    placementConstraints: intent.placementConstraints ?? before.placementConstraints,
    placementStrategy: intent.placementStrategy ?? before.placementStrategy,
    enableExecuteCommand: intent.enableExecuteCommand ?? before.enableExecuteCommand,
    enableECSManagedTags: intent.enableECSManagedTags ?? before.enableECSManagedTags,
    ...(intent.propagateTags ? { propagateTags: intent.propagateTags } : {}),
    ...(intent.circuitBreaker ? { circuitBreaker: intent.circuitBreaker } : {}),
    ...(intent.availabilityZoneRebalancing ? { availabilityZoneRebalancing: intent.availabilityZoneRebalancing } : {}),
    echo: { ...before.echo, ...intent.echo },
  };
}
