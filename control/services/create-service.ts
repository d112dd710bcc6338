import { resolveCapacity } from '#core/capacity/resolve-capacity.ts';
import { Fault } from '#core/fault.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { requireDisconnectMode } from '#core/service/disconnect-mode.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CreateServiceIntent, CreateTaskSetServiceIntent, ServiceView } from '../intents.ts';
import { check, clusters, put, read, serviceEntries, services, type Versioned } from '../records.ts';
import { type CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';
import {
  type CreateRequest,
  deployedMembers,
  draftDeployment,
  newService,
  newTaskSetService,
  requireRollable,
} from './draft-service.ts';
import { describeServices } from './read-services.ts';

/**
 * CreateService: writes the intent; the service worker starts the tasks.
 * Faults: ClusterNotFound, InvalidParameter when the name is taken, also by a draining service, or a tag is no mode.
 */
export async function createService(
  deps: Dependencies,
  intent: CreateServiceIntent | CreateTaskSetServiceIntent,
): Promise<ServiceView> {
  requireDisconnectMode(intent.tags);
  const id = { cluster: intent.cluster, service: intent.name };
  const fingerprint = deps.ids.fingerprint({ ...intent, createdBy: '' });
  await untilCommitted(`creation of service ${intent.name}`, async (): Promise<undefined | typeof CONFLICT> => {
    const cluster = await requireCluster(deps, intent.cluster);
    const before = await read(deps.store, services, id);
    // A repeat is recognised before anything is resolved: its definition may be gone by now, its service is not.
    if (before && isRepeat(before, intent, fingerprint)) return undefined;
    const generation = (before?.value.generation ?? 0) + 1;
    const service = await draft(deps, cluster.value, intent, { generation, fingerprint, now: deps.clock.now() });
    requireRollable(service);
    const outcome = await deps.store.transact([
      put(services, id, service, before?.version ?? 'absent', { wake: serviceWake(service) }),
      // Invariant S14: a cluster that is deleted meanwhile gets no new service.
      check(clusters, intent.cluster, cluster.version),
      // The directory entry outlives the service, as an INACTIVE service stays describable by name.
      ...(before ? [] : [put(serviceEntries, id, { name: intent.name }, 'absent')]),
    ]);
    return unlessConflict(outcome);
  });
  return requireView(deps, intent.cluster, intent.name);
}

async function draft(
  deps: Dependencies,
  cluster: Cluster,
  intent: CreateServiceIntent | CreateTaskSetServiceIntent,
  request: CreateRequest,
): Promise<AnyService> {
  if ('controller' in intent) return newTaskSetService(intent, request);
  const members = deployedMembers({ ...intent, ...resolveCapacity(cluster, intent) });
  return newService(intent, await draftDeployment(deps, intent.taskDefinition, members), request);
}

/** True for a repeat of the request that made the service; a fault when the name is taken by another (invariant S6). */
function isRepeat(
  before: Versioned<AnyService>,
  intent: Pick<CreateServiceIntent, 'clientToken'>,
  fingerprint: string,
): boolean {
  const { clientToken, requestFingerprint, status } = before.value;
  const isSameToken = clientToken !== undefined && clientToken === intent.clientToken;
  if (isSameToken && requestFingerprint === fingerprint) return true;
  if (isSameToken || status === 'ACTIVE')
    throw new Fault('InvalidParameter', 'Creation of service was not idempotent.');
  if (status === 'DRAINING') {
    throw new Fault('InvalidParameter', 'Unable to Start a service that is still Draining.');
  }
  return false;
}

export const serviceWake = (service: Pick<AnyService, 'cluster' | 'name'>) => ({
  work: { kind: 'service', cluster: service.cluster, service: service.name } as const,
});

/** The service as it stands after a write that proved it exists. */
export async function requireView(deps: Dependencies, cluster: string, name: string): Promise<ServiceView> {
  const [view] = await describeServices(deps, cluster, [name]);
  if (!view) throw new Fault('ServiceNotFound', 'Service not found.');
  return view;
}
