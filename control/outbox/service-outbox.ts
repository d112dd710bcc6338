import type { ServiceOutboxEvent } from '#core/model/outbox.ts';
import type { AnyService } from '#core/model/task-set.ts';
import type { ServiceNews } from '#core/service/news.ts';
import { leadingSpec } from '#core/service/task-sets.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Expectation, Write } from '../ports.ts';
import { outbox, put } from '../records.ts';
import { eventId } from './event-id.ts';

interface Told {
  /** Version of the service's state that the commit takes the place of. */
  readonly expect: Expectation;
  readonly news: readonly ServiceNews[];
  readonly at: number;
}

/**
 * The outbox entry of one transaction of the service worker: one more put of a commit that is made anyway, and none when
 * there is nothing to tell. It commits with what it tells, so an event is never lost and never wrong.
 */
export function serviceOutboxWrites(
  deps: Pick<Dependencies, 'ids' | 'timings'>,
  service: AnyService,
  { expect, news, at }: Told,
): readonly Write[] {
  const { cluster, name } = service;
  const told = news.filter(isEvent);
  if (told.length === 0) return [];
  // The very commit: the state's version grows with each, and it is never deleted.
  const origin = `${name}#${String(expect === 'absent' ? 1 : expect + 1).padStart(10, '0')}`;
  const providers = leadingSpec(service)?.capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider);
  const events = told.map(
    (one, position): ServiceOutboxEvent => ({
      kind: 'service',
      id: eventId(deps, cluster, origin, position),
      at,
      service: name,
      news: one,
      ...(providers ? { capacityProviders: providers } : {}),
    }),
  );
  const expiresAt = at + deps.timings.eventRetention;
  return [put(outbox, { cluster, at, origin }, { events }, 'absent', { expiresAt })];
}

/** ECS tells EventBridge of a started task by the task's own event, and of a rollback by the deployment that begins. */
const isEvent = ({ kind }: ServiceNews): boolean => kind !== 'tasks-started' && kind !== 'rolling-back';
