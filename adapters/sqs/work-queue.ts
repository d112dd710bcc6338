import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import type { WorkMessage, WorkQueue } from '#control/ports.ts';
import { encodeWorkItem, type WorkKind } from '#events/work-item.ts';
import { unavailable } from './sqs-fault.ts';

export interface SqsQueueOptions {
  readonly client: SQSClient;
  readonly queueUrls: Readonly<Record<WorkKind, string>>;
}

/** SQS takes at most this many messages in one request, and delays none longer than this. */
const BATCH = 10;
const MAX_DELAY_SECONDS = 900;

/** Faults: Unavailable when SQS refuses the request, or an entry twice. Some of the messages may have been sent. */
export const createSqsQueue = ({ client, queueUrls }: SqsQueueOptions): WorkQueue => ({
  send: async (messages) => {
    const byKind = Map.groupBy(messages, ({ work }) => work.kind);
    for (const [kind, group] of byKind) {
      for (let start = 0; start < group.length; start += BATCH) {
        await sendBatch(client, queueUrls[kind], group.slice(start, start + BATCH).map(toEntry));
      }
    }
  },
});

async function sendBatch(client: SQSClient, url: string, entries: SendMessageBatchRequestEntry[]): Promise<void> {
  const refused = await trySend(client, url, entries);
  if (refused.length === 0) return;
  const again = await trySend(client, url, refused);
  if (again.length > 0) throw unavailable(new Error(`${again.length} messages were refused twice`));
}

async function trySend(
  client: SQSClient,
  url: string,
  entries: SendMessageBatchRequestEntry[],
): Promise<SendMessageBatchRequestEntry[]> {
  try {
    const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
    const failed = new Set(answer.Failed?.map(({ Id }) => Id));
    return entries.filter(({ Id }) => failed.has(Id));
  } catch (error) {
    throw unavailable(error);
  }
}

const toEntry = ({ work, delaySeconds = 0 }: WorkMessage, position: number): SendMessageBatchRequestEntry => ({
  Id: String(position),
  MessageBody: encodeWorkItem(work),
  DelaySeconds: Math.min(Math.max(Math.ceil(delaySeconds), 0), MAX_DELAY_SECONDS),
});
