import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueMessage } from '#adapters/embedded/message-queue.ts';
import type { QueueSource } from './queue-source.ts';

export interface SqsQueueSourceOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** SQS hands out, and deletes, at most this many messages in one request. */
const BATCH = 10;

/**
 * A poll that is cut short may still take a message, which then stays hidden until its visibility timeout ends. So none
 * is cut: each is short enough to be waited for when the mapping stops.
 */
const MAX_WAIT_SECONDS = 1;

/** Long-polls one SQS queue. */
export const sqsQueueSource = ({ client, queueUrl }: SqsQueueSourceOptions): QueueSource => ({
  receive: async (max, waitMs, signal) => {
    if (signal.aborted) return [];
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(max, BATCH),
      // Rounded up: a poll of zero seconds would return at once, and its caller would ask again without end.
      WaitTimeSeconds: Math.min(Math.max(Math.ceil(waitMs / 1_000), 0), MAX_WAIT_SECONDS),
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp', 'ApproximateFirstReceiveTimestamp'],
    });
    const { Messages = [] } = await client.send(command);
    return Messages.map(toMessage);
  },
  delete: async (receiptHandles) => {
    for (let start = 0; start < receiptHandles.length; start += BATCH) {
      const entries = receiptHandles
        .slice(start, start + BATCH)
        .map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }));
      const { Failed = [] } = await client.send(
        new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
      );
      if (Failed.length > 0) throw new Error(`${Failed.length} messages were not deleted: ${Failed[0]?.Message ?? ''}`);
    }
  },
});

const toMessage = ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message): QueueMessage => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  receiveCount: Number(Attributes.ApproximateReceiveCount),
  sentAt: Number(Attributes.SentTimestamp),
  firstReceivedAt: Number(Attributes.ApproximateFirstReceiveTimestamp),
});
