import { isObject, type KubeObject, type RawObject, timeOf, timestamp } from '../object.ts';

/** What is told of an object. */
export interface EventNews {
  readonly type: 'Normal' | 'Warning';
  /** One word in CamelCase, such as `Scheduled`. */
  readonly reason: string;
  readonly message: string;
  /** Who tells it, such as `deployment-controller`. */
  readonly component: string;
  /** Part of the object it is about, such as `spec.containers{web}`. */
  readonly fieldPath?: string;
}

/** How long an event is kept after its newest repeat, as the API server keeps them by default. */
export const EVENT_LIFETIME_MS = 3_600_000;

/** Namespace of the events of objects that have none. */
const CLUSTER_EVENTS = 'default';
const MAX_MESSAGE = 1_024;
/** A name has 253 characters, and what follows the object's name takes 17. */
const MAX_BASE = 236;

export const eventNamespace = ({ metadata }: KubeObject): string => metadata.namespace ?? CLUSTER_EVENTS;

/** The object's name and something drawn from its uid and what is told: the same news has the same event. */
export const eventName = ({ metadata }: KubeObject, fingerprint: string): string =>
  `${metadata.name.slice(0, MAX_BASE)}.${fingerprint.slice(0, 16)}`;

/** The first time that news is told (Event of core/v1). */
export function firstEvent(object: KubeObject, name: string, news: EventNews, now: number): RawObject {
  const { namespace, uid, resourceVersion } = object.metadata;
  const at = timestamp(now);
  return {
    metadata: { name, namespace: eventNamespace(object) },
    involvedObject: {
      kind: object.kind,
      apiVersion: object.apiVersion,
      ...(namespace === undefined ? {} : { namespace }),
      name: object.metadata.name,
      uid,
      resourceVersion,
      ...(news.fieldPath === undefined ? {} : { fieldPath: news.fieldPath }),
    },
    type: news.type,
    reason: news.reason,
    message: news.message.slice(0, MAX_MESSAGE),
    source: { component: news.component },
    reportingComponent: news.component,
    reportingInstance: '',
    eventTime: null,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}

/** Shortest time between two writes of the same news, and the longest it grows to. */
const QUIET_MS = 10_000;
const MAX_QUIET_MS = 300_000;

/**
 * Whether a repeat is not worth a write: the more often something was told, the longer the next repeat of it waits, so that a
 * crash loop costs some thirty writes an hour and not a write for every crash.
 */
export function isTooSoon(event: KubeObject, now: number): boolean {
  const quiet = Math.min(countOf(event) * QUIET_MS, MAX_QUIET_MS);
  return now - lastSeen(event, now) < quiet;
}

/** The event after one more time. */
export const repeatedEvent = (event: KubeObject, now: number): KubeObject => {
  const count = countOf(event) + 1;
  const lastTimestamp = timestamp(now);
  return { ...event, count, lastTimestamp, series: { count, lastObservedTime: microTime(lastTimestamp) } };
};

/** Whether nobody needs it any more. */
export const isExpiredEvent = (event: KubeObject, now: number): boolean =>
  now - lastSeen(event, now) >= EVENT_LIFETIME_MS;

const countOf = ({ count }: KubeObject): number => (typeof count === 'number' && count > 0 ? count : 1);

/** Epoch ms of the newest time an event was told; a client that says "in a hundred years" does not make it last so long. */
function lastSeen({ metadata, series, ...event }: KubeObject, now: number): number {
  const observed = isObject(series) ? series['lastObservedTime'] : undefined;
  const times = [observed, event['lastTimestamp'], event['eventTime'], metadata.creationTimestamp]
    .map(timeOf)
    .filter((time) => time <= now);
  return Math.max(0, ...times);
}

/** A time as MicroTime writes it. */
const microTime = (seconds: string): string => seconds.replace('Z', '.000000Z');
