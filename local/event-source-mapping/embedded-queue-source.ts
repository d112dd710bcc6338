import type { MessageQueues } from '#adapters/embedded/message-queue.ts';
import type { Timers } from './mapping.ts';
import type { QueueSource } from './queue-source.ts';

/** Delivers as soon as a message is sent or becomes visible again; it never polls. */
export const embeddedQueueSource = (queues: MessageQueues, queue: string, timers: Timers): QueueSource => ({
  receive: async (max, waitMs, signal) => {
    const deadline = timers.now() + waitMs;
    for (;;) {
      const messages = queues.receive(queue, max);
      const remaining = deadline - timers.now();
      if (messages.length > 0 || remaining <= 0 || signal.aborted) return messages;
      const visibleIn = (queues.nextVisibleAt(queue) ?? deadline) - timers.now();
      await sentOrSlept(queues, queue, timers, Math.min(remaining, Math.max(visibleIn, 0)), signal);
    }
  },
  delete: async (receiptHandles) => queues.delete(queue, receiptHandles),
});

async function sentOrSlept(
  queues: MessageQueues,
  queue: string,
  timers: Timers,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const sent = new AbortController();
  const forget = queues.onSend(queue, () => sent.abort());
  await timers.sleep(ms, AbortSignal.any([signal, sent.signal]));
  forget();
}
