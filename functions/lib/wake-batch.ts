import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { decodeStreamImage } from '#adapters/dynamodb/item-codec.ts';
import type { Clock, Log, Wake, WorkMessage, WorkQueue } from '#control/ports.ts';
import { encodeWorkItem } from '#events/work-item.ts';

interface WakeDependencies {
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** SQS delays at most this long; what wakes later is found by the sweep. */
const MAX_DELAY_SECONDS = 900;

/**
 * Turns the wakes of a batch of stream records into queue messages, equal ones once.
 * A record that cannot be read fails alone; when the queue refuses, every record it would have served fails.
 */
export async function wakeBatch(event: DynamoDBStreamEvent, deps: WakeDependencies): Promise<DynamoDBBatchResponse> {
  const failed: string[] = [];
  const waking: string[] = [];
  const messages = new Map<string, WorkMessage>();
  for (const record of event.Records) {
    const sequence = record.dynamodb?.SequenceNumber ?? '';
    try {
      const wake = readWake(record);
      if (wake === undefined) continue;
      const message = toMessage(wake, deps.clock.now());
      messages.set(`${message.delaySeconds} ${encodeWorkItem(message.work)}`, message);
      waking.push(sequence);
    } catch (error) {
      deps.log.error('stream record is unreadable', { sequence, error });
      failed.push(sequence);
    }
  }
  if (!(await sent(messages, deps))) failed.push(...waking);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function readWake(record: DynamoDBRecord): Wake | undefined {
  const image = record.dynamodb?.NewImage;
  return image && decodeStreamImage(image).wake;
}

const toMessage = ({ work, at }: Wake, now: number): WorkMessage => ({
  work,
  delaySeconds: at === undefined ? 0 : Math.min(Math.max(Math.ceil((at - now) / 1_000), 0), MAX_DELAY_SECONDS),
});

async function sent(messages: ReadonlyMap<string, WorkMessage>, { queue, log }: WakeDependencies): Promise<boolean> {
  if (messages.size === 0) return true;
  try {
    await queue.send([...messages.values()]);
    return true;
  } catch (error) {
    log.error('work queue refused', { messages: messages.size, error });
    return false;
  }
}
