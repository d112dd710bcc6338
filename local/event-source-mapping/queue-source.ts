import type { QueueMessage } from '#adapters/embedded/message-queue.ts';

/** Where a queue mapping receives. What is not deleted comes back after the queue's visibility timeout. */
export interface QueueSource {
  /** Waits up to `waitMs` for the first message. */
  receive(max: number, waitMs: number, signal: AbortSignal): Promise<readonly QueueMessage[]>;
  delete(receiptHandles: readonly string[]): Promise<void>;
}
