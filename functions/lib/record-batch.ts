import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { decodeRawItem, decodeStreamImage } from '#adapters/dynamodb/item-codec.ts';
import type { ItemChange } from '#api/ecs/outbox/item-change.ts';
import { recordChanges } from '#api/ecs/outbox/record-changes.ts';
import type { Dependencies } from '#control/dependencies.ts';

/**
 * Writes what a batch of stream records tells to the outbox. Of a batch with a record that cannot be read, what comes
 * before that record is written and the rest comes again: what was written is never tried twice under another name.
 */
export async function recordBatch(event: DynamoDBStreamEvent, deps: Dependencies): Promise<DynamoDBBatchResponse> {
  const changes: ItemChange[] = [];
  let unread: string | undefined;
  for (const record of event.Records) {
    try {
      changes.push(...readChange(record));
    } catch (error) {
      unread = record.dynamodb?.SequenceNumber ?? '';
      deps.log.error('stream record is unreadable', { sequence: unread, error });
      break;
    }
  }
  await recordChanges(deps, event.Records[0]?.eventID ?? '', changes);
  return { batchItemFailures: unread === undefined ? [] : [{ itemIdentifier: unread }] };
}

type RawItem = Parameters<typeof decodeRawItem>[0];

/** Items that vanished tell nothing. Faults: InvalidParameter for an image this table could not have made. */
function readChange({ dynamodb }: DynamoDBRecord): readonly ItemChange[] {
  if (!dynamodb?.NewImage) return [];
  const { NewImage, OldImage, ApproximateCreationDateTime: seconds = 0 } = dynamodb;
  decodeStreamImage(NewImage);
  // The SDK and the event types describe the same DynamoDB JSON; items hold no binary, where the two differ.
  return [
    {
      at: seconds * 1_000,
      new: decodeRawItem(NewImage as RawItem),
      ...(OldImage ? { old: decodeRawItem(OldImage as RawItem) } : {}),
    },
  ];
}
