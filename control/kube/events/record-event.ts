import { Fault } from '#core/fault.ts';
import {
  type EventNews,
  eventName,
  eventNamespace,
  firstEvent,
  isTooSoon,
  repeatedEvent,
} from '#core/kube/event/recorded-event.ts';
import type { KubeObject, RawObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { createObject } from '../create-object.ts';
import { type NamedTarget, objectIdOf } from '../object-request.ts';
import { findObject } from '../read-objects.ts';
import { updateObject } from '../update-object.ts';

/**
 * Tells something about an object, as an Event in the object's namespace. The same news (object, reason, message) raises the
 * count of the event that stands, and a repeat that comes too soon is not written at all. Best effort: what goes wrong is
 * logged and never the caller's concern.
 */
export async function recordEvent(
  deps: Dependencies,
  cluster: string,
  object: KubeObject,
  news: EventNews,
): Promise<void> {
  try {
    await tell(deps, cluster, object, news);
  } catch (cause) {
    const { kind, metadata } = object;
    deps.log.warn('event was not recorded', { cluster, kind, name: metadata.name, reason: news.reason, cause });
  }
}

const FOR_GOOD = { isDryRun: false };

async function tell(deps: Dependencies, cluster: string, object: KubeObject, news: EventNews): Promise<void> {
  const { type, reason, message, component, fieldPath = '' } = news;
  const fingerprint = deps.ids.derive('kube-event', object.metadata.uid, type, reason, message, component, fieldPath);
  const name = eventName(object, fingerprint);
  const target = { cluster, resource: resourceNamed('events'), namespace: eventNamespace(object), name };
  await untilCommitted(`event ${name}`, async (): Promise<undefined | typeof CONFLICT> => {
    const now = deps.clock.now();
    const found = await findObject(deps, objectIdOf(target, name));
    if (found && isTooSoon(found.value, now)) return undefined;
    return found ? repeat(deps, target, now) : begin(deps, target, firstEvent(object, name, news, now));
  });
}

async function begin(deps: Dependencies, target: NamedTarget, event: RawObject): Promise<undefined | typeof CONFLICT> {
  return unless('AlreadyExists', createObject(deps, target, event, FOR_GOOD));
}

async function repeat(deps: Dependencies, target: NamedTarget, now: number): Promise<undefined | typeof CONFLICT> {
  // Somebody else may have told it meanwhile.
  const change = (before: KubeObject): RawObject =>
    (isTooSoon(before, now) ? before : repeatedEvent(before, now)) as unknown as RawObject;
  return unless('ResourceNotFound', updateObject(deps, target, change, FOR_GOOD));
}

/** A conflict, to be looked at again, when the event came or went meanwhile. */
async function unless(code: Fault['code'], written: Promise<unknown>): Promise<undefined | typeof CONFLICT> {
  try {
    await written;
    return undefined;
  } catch (error) {
    if (error instanceof Fault && error.code === code && error.detail.object?.kind === 'events') return CONFLICT;
    throw error;
  }
}
