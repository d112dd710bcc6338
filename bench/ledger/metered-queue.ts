import type { WorkQueue } from '#control/ports.ts';
import type { Meter } from './meter.ts';

/** Messages that one request to a queue carries. */
export const QUEUE_BATCH = 10;

/** Counts the requests that sending takes: ten messages of one kind in each. */
export const meteredQueue = (inner: WorkQueue, meter: Meter): WorkQueue => ({
  send: async (messages) => {
    for (const [kind, group] of Map.groupBy(messages, ({ work }) => work.kind)) {
      meter.add('queueRequests', Math.ceil(group.length / QUEUE_BATCH), `send of ${kind} work`);
    }
    await inner.send(messages);
  },
});
