import { describe, expect, it } from 'vitest';
import { eventView } from '#api/ecs/views/event.ts';
import type { ServiceNews } from '#core/service/news.ts';

const SCOPE = { accountId: '111122223333', region: 'us-west-2' };
const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const TIME = '2026-01-02T03:04:05.678Z';
const CLUSTER = 'arn:aws:ecs:us-west-2:111122223333:cluster/default';

const shown = (news: ServiceNews, capacityProviders?: readonly string[]) =>
  eventView(SCOPE, 'default', {
    kind: 'service',
    id: 'af3c496d-f4a8-65d1-70f4-a69d52e9b584',
    at: AT,
    service: 'web',
    news,
    ...(capacityProviders ? { capacityProviders } : {}),
  });

describe('an event of a service', () => {
  it('that is steady, is the very document EventBridge carries', () => {
    expect(shown({ kind: 'steady' })).toEqual({
      version: '0',
      id: 'af3c496d-f4a8-65d1-70f4-a69d52e9b584',
      'detail-type': 'ECS Service Action',
      source: 'aws.ecs',
      account: '111122223333',
      time: '2026-01-02T03:04:05Z',
      region: 'us-west-2',
      resources: ['arn:aws:ecs:us-west-2:111122223333:service/default/web'],
      detail: { eventType: 'INFO', eventName: 'SERVICE_STEADY_STATE', clusterArn: CLUSTER, createdAt: TIME },
    });
  });

  it.each<[ServiceNews, string, string, object]>([
    [{ kind: 'start-impaired' }, 'WARN', 'SERVICE_TASK_START_IMPAIRED', { createdAt: TIME }],
    [
      { kind: 'placement-failed', complaint: 'no', reason: 'RESOURCE:CPU' },
      'ERROR',
      'SERVICE_TASK_PLACEMENT_FAILURE',
      { reason: 'RESOURCE:CPU' },
    ],
    [
      { kind: 'tasks-stopped', tasks: ['a1'] },
      'INFO',
      'TASKS_STOPPED',
      { taskArns: ['arn:aws:ecs:us-west-2:111122223333:task/default/a1'] },
    ],
    [
      { kind: 'deployment-begun', deployment: 'ecs-svc/1', isRollback: false },
      'INFO',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      { deploymentId: 'ecs-svc/1', updatedAt: TIME, reason: 'ECS deployment ecs-svc/1 in progress.' },
    ],
    [
      { kind: 'deployment-begun', deployment: 'ecs-svc/2', isRollback: true },
      'INFO',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      { reason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/2.' },
    ],
    [
      { kind: 'deployment-completed', deployment: 'ecs-svc/1' },
      'INFO',
      'SERVICE_DEPLOYMENT_COMPLETED',
      { reason: 'ECS deployment ecs-svc/1 completed.' },
    ],
    [
      { kind: 'deployment-failed', deployment: 'ecs-svc/1', failure: 'tasks failed to start.' },
      'ERROR',
      'SERVICE_DEPLOYMENT_FAILED',
      { reason: 'ECS deployment circuit breaker: tasks failed to start.' },
    ],
  ])('of %o, has the type, the name and the members AWS documents', (news, eventType, eventName, members) => {
    const view = shown(news);
    expect(view?.detail).toMatchObject({ eventType, eventName, ...members });
    expect(view?.['detail-type']).toBe(
      eventName.startsWith('SERVICE_DEPLOYMENT') ? 'ECS Deployment State Change' : 'ECS Service Action',
    );
  });

  it('with capacity providers, names them where AWS does', () => {
    const capacityProviderArns = ['arn:aws:ecs:us-west-2:111122223333:capacity-provider/FARGATE'];
    expect(shown({ kind: 'capacity-steady' }, ['FARGATE'])?.detail).toMatchObject({
      eventName: 'CAPACITY_PROVIDER_STEADY_STATE',
      capacityProviderArns,
    });
  });

  it('that AWS tells by other events, is none', () => {
    expect(shown({ kind: 'tasks-started', tasks: ['a1'], replaced: 0 })).toBeUndefined();
    expect(shown({ kind: 'rolling-back', deployment: 'ecs-svc/1' })).toBeUndefined();
  });
});
