import { resolveCapacity } from '#core/capacity/resolve-capacity.ts';
import { Fault } from '#core/fault.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { requireDisconnectMode } from '#core/service/disconnect-mode.ts';
import { requireDaemon } from '#core/service/require-daemon.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CreateServiceIntent, CreateTaskSetServiceIntent, ServiceView } from '../intents.ts';
import type { Write } from '../ports.ts';
import {
  check,
  clusters,
  daemonEntries,
  put,
  read,
  type ServiceId,
  serviceEntries,
  services,
  type Versioned,
} from '../records.ts';
import { type CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';
import {
  type CreateRequest,
  deployedMembers,
  draftDeployment,
  newService,
  newTaskSetService,
  requireRollable,
  withRebalancing,
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
    const drafted = await draft(deps, cluster.value, intent, { generation, fingerprint, now: deps.clock.now() });
    if (drafted.scheduler === 'daemons') requireDaemon(drafted, intent);
    requireRollable(deps, drafted);
    const service = drafted.scheduler === 'replicas' ? withRebalancing(drafted, intent) : drafted;
    const directory = await newEntries(deps, id, service, before !== undefined);
    const outcome = await deps.store.transact([
      put(services, id, service, before?.version ?? 'absent', { wake: serviceWake(service) }),
      // Invariant S14: a cluster that is deleted meanwhile gets no new service.
      check(clusters, intent.cluster, cluster.version),
      ...directory,
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

/**
 * What a cluster's directories lack of the service. Entries outlive it, as an INACTIVE service stays describable by name;
 * one of a daemon that is gone costs whoever wakes daemons a look.
 */
async function newEntries(
  deps: Dependencies,
  id: ServiceId,
  { name, scheduler }: AnyService,
  isKnown: boolean,
): Promise<readonly Write[]> {
  const isDaemon = scheduler === 'daemons';
  const isListed = isDaemon && isKnown && (await read(deps.store, daemonEntries, id)) !== undefined;
  return [
    ...(isKnown ? [] : [put(serviceEntries, id, { name }, 'absent')]),
    ...(isDaemon && !isListed ? [put(daemonEntries, id, { name }, 'absent')] : []),
  ];
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
