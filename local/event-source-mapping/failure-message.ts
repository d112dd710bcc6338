import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';

/** Why records are given up. Only a function that answered or threw has a response to tell of. */
export type StreamFailure = {
  readonly invokeCount: number;
  /** At least one. */
  readonly records: readonly DynamoDBRecord[];
} & (
  | { readonly condition: 'RetryAttemptsExhausted'; readonly functionError: 'Unhandled' | null }
  | { readonly condition: 'RecordAgeExceeded' }
);

export type StreamFailureMessage = ReturnType<typeof failureMessage>;

interface Place {
  readonly functionArn: string;
  readonly streamArn: string;
  readonly shardId: string;
}

/** What Lambda sends to an on-failure destination: where the records are, not the records. */
export const failureMessage = (failure: StreamFailure, place: Place, now: number) => ({
  requestContext: {
    requestId: randomUUID(),
    functionArn: place.functionArn,
    condition: failure.condition,
    approximateInvokeCount: failure.invokeCount,
  },
  ...(failure.condition === 'RetryAttemptsExhausted' && {
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: failure.functionError },
  }),
  version: '1.0',
  timestamp: new Date(now).toISOString(),
  DDBStreamBatchInfo: {
    shardId: place.shardId,
    startSequenceNumber: failure.records.at(0)?.dynamodb?.SequenceNumber ?? '',
    endSequenceNumber: failure.records.at(-1)?.dynamodb?.SequenceNumber ?? '',
    approximateArrivalOfFirstRecord: arrival(failure.records.at(0)),
    approximateArrivalOfLastRecord: arrival(failure.records.at(-1)),
    batchSize: failure.records.length,
    streamArn: place.streamArn,
  },
});

const arrival = (record: DynamoDBRecord | undefined): string =>
  new Date((record?.dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000).toISOString().replace('.000Z', 'Z');
