import { Fault } from '#core/fault.ts';
import type { Service, ServiceDeploymentRecord } from '#core/model/service.ts';
import type { Dependencies } from '../dependencies.ts';
import { check, put, read, serviceStates, services } from '../records.ts';
import { type CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';
import { serviceWake } from './create-service.ts';
import { listDeploymentRecords } from './deployment-records.ts';

export interface DeploymentReference {
  readonly cluster: string;
  readonly service: string;
  /** Digits of the deployment's id. */
  readonly deployment: string;
}

/**
 * Writes into a service what somebody wants of one of its deployments; undefined when it stands there already.
 * The scheduler's state is checked in the same transaction, so that nothing is accepted for a stage that is just being left.
 * Faults: ServiceDeploymentNotFound.
 */
export async function steerDeployment(
  deps: Dependencies,
  { cluster, service, deployment }: DeploymentReference,
  change: (before: Service, record: ServiceDeploymentRecord) => Promise<Service | undefined>,
): Promise<void> {
  const id = { cluster, service };
  await untilCommitted(`change of deployment ${deployment}`, async (): Promise<undefined | typeof CONFLICT> => {
    const before = await read(deps.store, services, id);
    // Read before the record, which the worker writes together with the state: an older record can not pass the check.
    const state = await read(deps.store, serviceStates, id);
    const records = await listDeploymentRecords(deps, cluster, service);
    const record = records.find(({ spec }) => spec.id.endsWith(`/${deployment}`));
    if (!before || before.value.scheduler === 'task-sets' || !record)
      throw new Fault('ServiceDeploymentNotFound', 'Service deployment not found.');
    const after = await change(before.value, record);
    if (!after) return undefined;
    const intent = { ...after, generation: before.value.generation + 1 };
    const outcome = await deps.store.transact([
      put(services, id, intent, before.version, { wake: serviceWake(intent) }),
      check(serviceStates, id, state?.version ?? 'absent'),
    ]);
    return unlessConflict(outcome);
  });
}
