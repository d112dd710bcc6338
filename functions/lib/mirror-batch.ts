import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { decodeRawItem } from '#adapters/dynamodb/item-codec.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { clusterOfKey } from '#control/keys.ts';
import { mirrorWork } from '#control/kube/mirror/mirror-work.ts';
import type { ObjectWork } from '#control/kube/object-work.ts';

/**
 * Asks for the pods to be looked at that show the tasks a batch of stream records is about, each once. A record that cannot be
 * read fails alone; when the queue refuses, the whole batch comes again.
 */
export async function mirrorBatch(
  event: DynamoDBStreamEvent,
  { queue, log }: Pick<Dependencies, 'queue' | 'log'>,
): Promise<DynamoDBBatchResponse> {
  const failed: string[] = [];
  const work = new Map<string, ObjectWork>();
  for (const record of event.Records) {
    const sequence = record.dynamodb?.SequenceNumber ?? '';
    try {
      const wanted = workOf(record);
      if (wanted) work.set(`${wanted.cluster} ${wanted.name}`, wanted);
    } catch (error) {
      log.error('stream record is unreadable', { sequence, error });
      failed.push(sequence);
    }
  }
  if (work.size > 0) await queue.send([...work.values()].map((one) => ({ work: one })));
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

type RawItem = Parameters<typeof decodeRawItem>[0];

/** A task that was forgotten is told by the image it had. */
function workOf({ dynamodb }: DynamoDBRecord): ObjectWork | undefined {
  const image = dynamodb?.NewImage ?? dynamodb?.OldImage;
  if (!image) return undefined;
  // The SDK and the event types describe the same DynamoDB JSON; items hold no binary, where the two differ.
  const { key, value } = decodeRawItem(image as RawItem);
  const { taskId, pod } = value;
  if (typeof taskId !== 'string' || pod !== undefined) return undefined;
  return mirrorWork(clusterOfKey(key), taskId);
}
