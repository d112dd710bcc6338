import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';

export interface StreamFailure {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invokeCount: number;
  readonly functionError: 'Unhandled' | null;
  /** At least one. */
  readonly records: readonly DynamoDBRecord[];
}

export type StreamFailureMessage = ReturnType<typeof failureMessage>;

interface Place {
  readonly functionArn: string;
  readonly streamArn: string;
  readonly shardId: string;
}

/** What Lambda sends to an on-failure destination: where the records are, not the records. */
export const failureMessage = (
  { condition, invokeCount, functionError, records }: StreamFailure,
  place: Place,
  now: number,
) => ({
  requestContext: {
    requestId: randomUUID(),
    functionArn: place.functionArn,
    condition,
    approximateInvokeCount: invokeCount,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError },
  version: '1.0',
  timestamp: new Date(now).toISOString(),
  DDBStreamBatchInfo: {
    shardId: place.shardId,
    startSequenceNumber: records.at(0)?.dynamodb?.SequenceNumber ?? '',
    endSequenceNumber: records.at(-1)?.dynamodb?.SequenceNumber ?? '',
    approximateArrivalOfFirstRecord: arrival(records.at(0)),
    approximateArrivalOfLastRecord: arrival(records.at(-1)),
    batchSize: records.length,
    streamArn: place.streamArn,
  },
});

const arrival = (record: DynamoDBRecord | undefined): string =>
  new Date((record?.dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000).toISOString().replace('.000Z', 'Z');
