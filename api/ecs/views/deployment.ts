import type { NetworkConfiguration, Deployment as WireDeployment } from '@aws-sdk/client-ecs';
import type { DeploymentCounts, ServiceView } from '#control/intents.ts';
import type { JsonObject } from '#core/json.ts';
import { taskDefinitionArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import type { Deployment, Service } from '#core/model/service.ts';

/**
 * The deployments of a service, newest first.
 * A deployment the worker has not seen yet is shown already, with no tasks: otherwise a caller that waits for
 * stability right after an update would see the old deployment, complete, and stop waiting.
 */
export function deploymentViews(scope: Scope, view: ServiceView<Service>): WireDeployment[] {
  const { service, state, counts } = view;
  const known = state?.deployments ?? [];
  const isKnown = known.some(({ id }) => id === service.deployment.id);
  const all = isKnown ? known : [unseen(service.deployment), ...known];
  return all.map((deployment) => {
    const own = counts.find((count) => count.deployment === deployment.id) ?? NO_TASKS;
    const isPrimary = deployment.id === service.deployment.id;
    return {
      ...wireDeployment(scope, deployment, own),
      ...(isPrimary ? echoed(service.echo) : {}),
      status: isPrimary ? 'PRIMARY' : 'ACTIVE',
      desiredCount: isPrimary ? view.desiredCount : own.running + own.pending,
    };
  });
}

/** The members of a service that ECS shows with its deployments only. */
const echoed = (echo: JsonObject): Pick<WireDeployment, 'serviceConnectConfiguration'> => {
  const { serviceConnectConfiguration } = echo as unknown as WireDeployment;
  return serviceConnectConfiguration ? { serviceConnectConfiguration } : {};
};

type Counts = Omit<DeploymentCounts, 'deployment'>;
const NO_TASKS: Counts = { running: 0, pending: 0, stopping: 0, failed: 0 };

const unseen = (spec: Service['deployment']): Deployment => ({
  ...spec,
  rolloutState: 'IN_PROGRESS',
  updatedAt: spec.createdAt,
  failedTasks: 0,
});

const wireDeployment = (scope: Scope, deployment: Deployment, counts: Counts): WireDeployment => ({
  id: deployment.id,
  taskDefinition: taskDefinitionArn(scope, deployment.definition.family, deployment.definition.revision),
  runningCount: counts.running,
  pendingCount: counts.pending,
  failedTasks: Math.max(counts.failed, deployment.failedTasks),
  createdAt: new Date(deployment.createdAt),
  updatedAt: new Date(deployment.updatedAt),
  ...(deployment.capacityProviderStrategy
    ? { capacityProviderStrategy: deployment.capacityProviderStrategy.map((item) => ({ ...item })) }
    : { launchType: deployment.launchType }),
  platformVersion: deployment.platformVersion,
  ...(deployment.launchType === 'FARGATE' ? { platformFamily: 'Linux' } : {}),
  networkConfiguration: deployment.networkConfiguration as unknown as NetworkConfiguration,
  rolloutState: deployment.rolloutState,
  rolloutStateReason:
    deployment.failure === undefined
      ? `ECS deployment ${deployment.id} ${ROLLOUT_WORDS[deployment.rolloutState]}.`
      : `ECS deployment circuit breaker: ${deployment.failure}`,
});

const ROLLOUT_WORDS: Readonly<Record<Deployment['rolloutState'], string>> = {
  IN_PROGRESS: 'in progress',
  COMPLETED: 'completed',
  FAILED: 'failed',
};
