import { serviceArn } from '#core/model/arn.ts';
import type { OutboxEvent } from '#core/model/outbox.ts';
import type { Scope } from '#core/model/scope.ts';
import { serviceEventDetail } from './service-event-detail.ts';

/** An event as EventBridge carries it. */
export interface EventView {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: 'aws.ecs';
  readonly account: string;
  /** To the second, as on EventBridge. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

/** Undefined for what ECS tells nobody by an event. */
export function eventView(scope: Scope, cluster: string, event: OutboxEvent): EventView | undefined {
  if (event.kind !== 'service') return enveloped(scope, event, TYPES[event.kind], event.arn, event.detail);
  const told = serviceEventDetail(scope, cluster, event);
  return told && enveloped(scope, event, told.type, serviceArn(scope, cluster, event.service), told.detail);
}

const TYPES = {
  task: 'ECS Task State Change',
  'container-instance': 'ECS Container Instance State Change',
} as const;

const enveloped = (
  { accountId, region }: Scope,
  { id, at }: OutboxEvent,
  type: string,
  resource: string,
  detail: object,
): EventView => ({
  version: '0',
  id,
  'detail-type': type,
  source: 'aws.ecs',
  account: accountId,
  time: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
  region,
  resources: [resource],
  detail,
});
