import { Fault } from '#core/fault.ts';
import type { Service, ServiceDeploymentRecord } from '#core/model/service.ts';
import type { Dependencies } from '../dependencies.ts';
import { listDeploymentRecords } from './deployment-records.ts';
import { type DeploymentReference, steerDeployment } from './steer-deployment.ts';

export interface StopDeploymentIntent extends DeploymentReference {
  readonly rollback: boolean;
}

/**
 * StopServiceDeployment: gives a deployment up that is still in progress. The worker stops rolling, and goes back to the
 * newest deployment that completed when asked to. Asking again while it does changes nothing.
 * Faults: ServiceDeploymentNotFound; Conflict when the deployment is over, or there is nothing to go back to.
 */
export async function stopDeployment(deps: Dependencies, intent: StopDeploymentIntent): Promise<void> {
  await steerDeployment(deps, intent, async (service, record) => {
    if (isUnderWay(record) && service.stopDeployment?.id === record.spec.id) return undefined;
    if (record.status === 'ROLLBACK_REQUESTED') return undefined;
    requireStoppable(service, record);
    if (intent.rollback && !(await hasCompleted(deps, intent))) {
      throw new Fault('Conflict', 'The service has no deployment that completed to roll back to: stop it with ABORT.');
    }
    return { ...service, stopDeployment: { id: record.spec.id, rollback: intent.rollback } };
  });
}

const isUnderWay = ({ status }: ServiceDeploymentRecord): boolean =>
  status === 'IN_PROGRESS' || status === 'ROLLBACK_REQUESTED' || status === 'ROLLBACK_IN_PROGRESS';

function requireStoppable(service: Service, { status, spec, shift }: ServiceDeploymentRecord): void {
  if (status !== 'IN_PROGRESS' || service.deployment.id !== spec.id) {
    throw new Fault('Conflict', `The service deployment is ${status} and can not be stopped.`);
  }
  if (shift?.stage === 'CLEAN_UP') {
    throw new Fault('Conflict', 'The service deployment is at its stage CLEAN_UP and can not be stopped any more.');
  }
}

const hasCompleted = async (deps: Dependencies, { cluster, service }: DeploymentReference): Promise<boolean> =>
  (await listDeploymentRecords(deps, cluster, service)).some(({ status }) => status === 'SUCCESSFUL');
