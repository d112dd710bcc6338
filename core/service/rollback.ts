import type { Deployment, DeploymentSpec, Service } from '../model/service.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';

/** The deployment to remember as the newest that completed; the state's own object while nothing changes. */
export function newestCompleted(
  { service, state }: ServiceSnapshot,
  current: Deployment | undefined,
): DeploymentSpec | undefined {
  const isNews = current?.rolloutState === 'COMPLETED' && state?.lastCompleted?.id !== current.id;
  return isNews ? service.deployment : state?.lastCompleted;
}

/** Where a service whose deployment failed goes back to: nowhere when its breaker does not ask for it. */
export function rollbackTarget(
  service: Service,
  current: Deployment | undefined,
  lastCompleted: DeploymentSpec | undefined,
): DeploymentSpec | undefined {
  const { circuitBreaker, stopDeployment, deployment } = service;
  const isStopped = stopDeployment?.id === deployment.id;
  const isAsked = isStopped ? stopDeployment.rollback : circuitBreaker?.rollback && !deployment.isRollback;
  const isFailed = current?.rolloutState === 'FAILED' && current.id === deployment.id;
  return isFailed && isAsked && lastCompleted?.id !== current.id ? lastCompleted : undefined;
}
