import { resolveCapacity } from '#core/capacity/resolve-capacity.ts';
import { Fault } from '#core/fault.ts';
import type { DeploymentSpec, Service } from '#core/model/service.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { requireDaemon } from '#core/service/require-daemon.ts';
import { mergeRollout } from '#core/service/rollout-rules.ts';
import { requireRebalanceable } from '#core/service/zone-rebalancing.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ServiceView, UpdateServiceIntent } from '../intents.ts';
import { put, read, services } from '../records.ts';
import { loadDefinition } from '../task-definitions/load-definition.ts';
import { refuseTaskSetChanges, requireController } from '../task-sets/refuse-changes.ts';
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
    requireController(before.value, intent);
    const service = await changedService(deps, before.value, intent, asked);
    if (service.scheduler === 'daemons') requireDaemon(service, intent);
    requireRollable(deps, service);
    if (service.scheduler === 'replicas' && intent.availabilityZoneRebalancing === 'ENABLED')
      requireRebalanceable(service);
    const outcome = await deps.store.transact([
      put(services, id, service, before.version, { wake: serviceWake(service) }),
    ]);
    return unlessConflict(outcome);
  });
  return requireView(deps, intent.cluster, intent.name);
}

async function changedService(
  deps: Dependencies,
  before: AnyService,
  intent: UpdateServiceIntent,
  asked: UpdateServiceIntent,
): Promise<AnyService> {
  if (before.scheduler !== 'task-sets') return { ...changed(before, intent), ...(await rolled(deps, before, asked)) };
  refuseTaskSetChanges(before, intent);
  return changed(before, intent);
}

const rolled = async (
  deps: Dependencies,
  before: Service,
  intent: UpdateServiceIntent,
): Promise<Pick<Service, 'deployment' | 'circuitBreaker' | 'rollout'>> => {
  const rollout = mergeRollout(before.rollout, intent.rollout);
  return {
    deployment: await nextDeployment(deps, before, intent),
    ...(intent.circuitBreaker ? { circuitBreaker: intent.circuitBreaker } : {}),
    ...(rollout ? { rollout } : {}),
  };
};

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

/** What a service may change whoever deploys it. */
function changed<S extends AnyService>(before: S, intent: UpdateServiceIntent): S {
  return {
    ...before,
    generation: before.generation + 1,
    desiredCount: intent.desiredCount ?? before.desiredCount,
    minimumHealthyPercent: intent.minimumHealthyPercent ?? before.minimumHealthyPercent,
    maximumPercent: intent.maximumPercent ?? before.maximumPercent,
    placementConstraints: intent.placementConstraints ?? before.placementConstraints,
    placementStrategy: intent.placementStrategy ?? before.placementStrategy,
    enableExecuteCommand: intent.enableExecuteCommand ?? before.enableExecuteCommand,
    enableECSManagedTags: intent.enableECSManagedTags ?? before.enableECSManagedTags,
    ...(intent.propagateTags ? { propagateTags: intent.propagateTags } : {}),
    ...(intent.availabilityZoneRebalancing ? { availabilityZoneRebalancing: intent.availabilityZoneRebalancing } : {}),
    ...(intent.healthCheckGracePeriodSeconds === undefined
      ? {}
      : { healthCheckGracePeriodSeconds: intent.healthCheckGracePeriodSeconds }),
    echo: { ...before.echo, ...intent.echo },
  };
}
