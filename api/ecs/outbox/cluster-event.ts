import type { OutboxEvent } from '#core/model/outbox.ts';

/** An event and the cluster whose outbox it goes to. */
export interface ClusterEvent {
  readonly cluster: string;
  readonly event: OutboxEvent;
}
