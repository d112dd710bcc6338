import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueMessage } from '#adapters/embedded/message-queue.ts';
import type { QueueSource } from './queue-source.ts';

export interface SqsQueueSourceOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** SQS hands out, and deletes, at most this many messages in one request, and waits no longer than this. */
const BATCH = 10;
const MAX_WAIT_SECONDS = 20;

/** Long-polls one SQS queue. A wait that is cut short answers with nothing. */
export const sqsQueueSource = ({ client, queueUrl }: SqsQueueSourceOptions): QueueSource => ({
  receive: async (max, waitMs, signal) => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(max, BATCH),
      // Rounded up: a poll of zero seconds would return at once, and its caller would ask again without end.
      WaitTimeSeconds: Math.min(Math.max(Math.ceil(waitMs / 1_000), 0), MAX_WAIT_SECONDS),
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp', 'ApproximateFirstReceiveTimestamp'],
    });
    try {
      const { Messages = [] } = await client.send(command, { abortSignal: signal });
      return Messages.map(toMessage);
    } catch (error) {
      if (signal.aborted) return [];
      throw error;
    }
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
