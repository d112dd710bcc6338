import { assertNever } from '#core/assert-never.ts';
import { capacityProviderArn, clusterArn, taskArn } from '#core/model/arn.ts';
import type { ServiceOutboxEvent } from '#core/model/outbox.ts';
import type { Scope } from '#core/model/scope.ts';

/** The two members of an event that say what happened to a service. */
export interface ServiceEventDetail {
  readonly type: 'ECS Service Action' | 'ECS Deployment State Change';
  readonly detail: object;
}

type EventType = 'INFO' | 'WARN' | 'ERROR';

/**
 * What EventBridge is told of a service; none for what ECS tells otherwise. Sources: "Amazon ECS service action events"
 * and "Amazon ECS service deployment state change events" in the ECS developer guide. `taskArns` is Berth's own: AWS
 * names TASKS_STOPPED and shows no example.
 */
export function serviceEventDetail(
  scope: Scope,
  cluster: string,
  { news, at, capacityProviders = [] }: ServiceOutboxEvent,
): ServiceEventDetail | undefined {
  const time = new Date(at).toISOString();
  const action = (eventType: EventType, eventName: string, members: object = {}): ServiceEventDetail => ({
    type: 'ECS Service Action',
    detail: { eventType, eventName, clusterArn: clusterArn(scope, cluster), createdAt: time, ...members },
  });
  const deployment = (eventType: EventType, state: string, deploymentId: string, reason: string) => ({
    type: 'ECS Deployment State Change' as const,
    detail: { eventType, eventName: `SERVICE_DEPLOYMENT_${state}`, deploymentId, updatedAt: time, reason },
  });
  const capacityProviderArns = capacityProviders.map((name) => capacityProviderArn(scope, name));
  const providers = capacityProviderArns.length > 0 ? { capacityProviderArns } : {};
  switch (news.kind) {
    case 'tasks-stopped':
      return action('INFO', 'TASKS_STOPPED', { taskArns: news.tasks.map((taskId) => taskArn(scope, cluster, taskId)) });
    case 'placement-failed':
      return action('ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', { ...providers, reason: news.reason });
    case 'start-impaired':
      return action('WARN', 'SERVICE_TASK_START_IMPAIRED');
    case 'deployment-begun':
      return deployment('INFO', 'IN_PROGRESS', news.deployment, beginning(news));
    case 'deployment-completed':
      return deployment('INFO', 'COMPLETED', news.deployment, `ECS deployment ${news.deployment} completed.`);
    case 'deployment-failed':
      return deployment('ERROR', 'FAILED', news.deployment, `ECS deployment circuit breaker: ${news.failure}`);
    case 'steady':
      return action('INFO', 'SERVICE_STEADY_STATE');
    case 'capacity-steady':
      return action('INFO', 'CAPACITY_PROVIDER_STEADY_STATE', providers);
    case 'rebalance':
      return news.news.kind === 'completed'
        ? action('INFO', 'SERVICE_REBALANCING_COMPLETED')
        : news.news.kind === 'started' && news.news.isFirst
          ? action('INFO', 'SERVICE_REBALANCING_STARTED')
          : undefined;
    case 'tasks-started':
    case 'tasks-unhealthy':
    case 'task-set-scaled':
    case 'task-set-stable':
    case 'rolling-back':
      return undefined;
    default:
      return assertNever(news);
  }
}

const beginning = ({
  deployment,
  isRollback,
}: {
  readonly deployment: string;
  readonly isRollback: boolean;
}): string =>
  isRollback
    ? `ECS deployment circuit breaker: rolling back to deploymentId ${deployment}.`
    : `ECS deployment ${deployment} in progress.`;
