import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import { put, read, services } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { serviceWake } from './create-service.ts';
import { listDeploymentRecords } from './deployment-records.ts';

export interface StopDeploymentIntent {
  readonly cluster: string;
  readonly service: string;
  /** Digits of the deployment's id. */
  readonly deployment: string;
  readonly rollback: boolean;
}

/**
 * StopServiceDeployment: gives a deployment up that is still in progress. The worker stops rolling, and goes back to the
 * newest deployment that completed when asked to. Asking again while it does changes nothing.
 * Faults: ServiceDeploymentNotFound; Conflict when the deployment is over, or there is nothing to go back to.
 */
export async function stopDeployment(deps: Dependencies, intent: StopDeploymentIntent): Promise<void> {
  const id = { cluster: intent.cluster, service: intent.service };
  await untilCommitted(`stop of deployment ${intent.deployment}`, async (): Promise<undefined | typeof CONFLICT> => {
    const before = await read(deps.store, services, id);
    const records = await listDeploymentRecords(deps, intent.cluster, intent.service);
    const record = records.find(({ spec }) => spec.id.endsWith(`/${intent.deployment}`));
    if (!before || before.value.scheduler === 'task-sets' || !record)
      throw new Fault('ServiceDeploymentNotFound', 'Service deployment not found.');
    const isUnderWay = record.status === 'IN_PROGRESS' || record.status === 'ROLLBACK_IN_PROGRESS';
    if (isUnderWay && before.value.stopDeployment?.id === record.spec.id) return undefined;
    if (record.status !== 'IN_PROGRESS' || before.value.deployment.id !== record.spec.id) {
      throw new Fault('Conflict', `The service deployment is ${record.status} and can not be stopped.`);
    }
    if (intent.rollback && !records.some(({ status }) => status === 'SUCCESSFUL')) {
      throw new Fault('Conflict', 'The service has no deployment that completed to roll back to: stop it with ABORT.');
    }
    const value = {
      ...before.value,
      generation: before.value.generation + 1,
      stopDeployment: { id: record.spec.id, rollback: intent.rollback },
    };
    const outcome = await deps.store.transact([put(services, id, value, before.version, { wake: serviceWake(value) })]);
    return outcome.kind === 'conflict' ? CONFLICT : undefined;
  });
}
