import type { DynamoDBRecord } from 'aws-lambda';
import type { SqliteStore } from '#adapters/sqlite/state-store.ts';
import { feedStreamSource } from '#local/event-source-mapping/feed-stream-source.ts';

/** The change feed's records as Lambda would hand them over; each call goes on behind the last one. */
export function streamBatches(store: SqliteStore): (max?: number) => Promise<readonly DynamoDBRecord[]> {
  const timers = { now: () => 0, sleep: async () => {} };
  const source = feedStreamSource({
    feed: store.feed,
    consumer: 'test',
    streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/test/stream/test',
    startingPosition: 'TRIM_HORIZON',
    timers,
  });
  return async (max = 1_000) => {
    const batch = await source.read(max, 0, new AbortController().signal);
    await batch?.checkpoint();
    return batch?.records ?? [];
  };
}
