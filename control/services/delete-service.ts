import { Fault } from '#core/fault.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ServiceView } from '../intents.ts';
import { put, read, services } from '../records.ts';
import { type CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';
import { requireView, serviceWake } from './create-service.ts';

/**
 * DeleteService: ACTIVE -> DRAINING; the worker makes it INACTIVE when nothing of it is wanted any more.
 * Deleting a service that is draining already changes nothing.
 * Faults: ClusterNotFound, ServiceNotFound (also when INACTIVE), InvalidParameter when it still wants tasks, or has
 * task sets, and `force` is off.
 */
export async function deleteService(
  deps: Dependencies,
  cluster: string,
  name: string,
  force: boolean,
): Promise<ServiceView> {
  await requireCluster(deps, cluster);
  const id = { cluster, service: name };
  await untilCommitted(`deletion of service ${name}`, async (): Promise<undefined | typeof CONFLICT> => {
    const before = await read(deps.store, services, id);
    if (!before || before.value.status === 'INACTIVE') throw new Fault('ServiceNotFound', 'Service not found.');
    if (before.value.status === 'DRAINING') return undefined;
    if (before.value.desiredCount > 0 && !force) {
      throw new Fault('InvalidParameter', 'The service cannot be stopped while it is scaled above 0.');
    }
    if (before.value.scheduler === 'task-sets' && before.value.taskSets.length > 0 && !force) {
      throw new Fault('InvalidParameter', 'The service cannot be stopped while deployments are active.');
    }
    const service: AnyService = {
      ...drained(before.value),
      status: 'DRAINING',
      desiredCount: 0,
      generation: before.value.generation + 1,
    };
    const outcome = await deps.store.transact([
      put(services, id, service, before.version, { wake: serviceWake(service) }),
    ]);
    return unlessConflict(outcome);
  });
  return requireView(deps, cluster, name);
}

/** The task sets go with their service. */
const drained = (service: AnyService): AnyService =>
  service.scheduler === 'task-sets'
    ? { ...service, taskSets: service.taskSets.map((set) => ({ ...set, status: 'DRAINING' })) }
    : service;
