import type { JsonObject } from '../json.ts';
import type { ServiceNews } from '../service/news.ts';

interface Happened {
  /** A UUID derived from what happened: whoever says it twice says it under the same id. */
  readonly id: string;
  readonly at: number;
}

/** What the service worker did, as it decided it; the face that shows it gives it its names. */
export interface ServiceOutboxEvent extends Happened {
  readonly kind: 'service';
  readonly service: string;
  readonly news: ServiceNews;
  /** Names of the providers its tasks are shared out to. */
  readonly capacityProviders?: readonly string[];
}

/** What was shown when it changed: no later reader could know how it stood then. */
interface Shown extends Happened {
  readonly arn: string;
  readonly detail: JsonObject;
}

export interface TaskOutboxEvent extends Shown {
  readonly kind: 'task';
  readonly task: string;
  /** Present for a task of one. */
  readonly service?: string;
}

export interface InstanceOutboxEvent extends Shown {
  readonly kind: 'container-instance';
}

export type OutboxEvent = ServiceOutboxEvent | TaskOutboxEvent | InstanceOutboxEvent;

/** The events of one commit. */
export interface OutboxEntry {
  readonly events: readonly OutboxEvent[];
}
