import type { WorkQueue } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import { encodeWorkItem, type WorkKind } from '#events/work-item.ts';
import type { MessageQueues } from './message-queue.ts';

export interface EmbeddedQueueOptions {
  readonly queues: MessageQueues;
  /** Name of the queue of each kind of work. */
  readonly names: Readonly<Record<WorkKind, string>>;
}

/** Faults: Unavailable when the file cannot be written. */
export const createEmbeddedQueue = ({ queues, names }: EmbeddedQueueOptions): WorkQueue => ({
  send: async (messages) => {
    try {
      for (const [kind, group] of Map.groupBy(messages, ({ work }) => work.kind)) {
        const bodies = group.map(({ work, delaySeconds = 0 }) => ({
          body: encodeWorkItem(work),
          delayMs: delaySeconds * 1_000,
        }));
        queues.send(names[kind], bodies);
      }
    } catch (error) {
      throw new Fault('Unavailable', 'the embedded queue cannot answer', {}, { cause: error });
    }
  },
});
