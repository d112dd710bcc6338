import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { encodeStreamImage } from '#adapters/dynamodb/item-codec.ts';
import type { Change, ChangeFeed } from '#adapters/sqlite/change-feed.ts';
import type { Item } from '#control/ports.ts';
import type { Timers } from './mapping.ts';
import type { StreamSource } from './stream-source.ts';

export interface FeedStreamOptions {
  readonly feed: ChangeFeed;
  /** Name under which the position is kept. */
  readonly consumer: string;
  readonly streamArn: string;
  /** Where a feed that was never read is begun. */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly timers: Timers;
}

const SHARD = 'shardId-00000000000000000000-00000000';

/** The embedded store's change feed as a stream of one shard. */
export function feedStreamSource(options: FeedStreamOptions): StreamSource {
  const { feed, consumer, streamArn, timers } = options;
  if (options.startingPosition === 'LATEST' && feed.loadCheckpoint(consumer) === 0) {
    feed.saveCheckpoint(consumer, feed.latest());
  }
  return {
    streamArn,
    read: async (max, waitMs, signal) => {
      const after = feed.loadCheckpoint(consumer);
      if (waitMs > 0 && feed.read(after, 1).length === 0) await committed(feed, timers, waitMs, signal);
      const changes = feed.read(after, max);
      const last = changes.at(-1);
      if (!last) return undefined;
      return {
        shardId: SHARD,
        records: changes.map((change) => toRecord(change, streamArn)),
        checkpoint: async () => feed.saveCheckpoint(consumer, last.seq),
      };
    },
  };
}

async function committed(feed: ChangeFeed, timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  const commit = new AbortController();
  const forget = feed.onCommit(() => commit.abort());
  await timers.sleep(ms, AbortSignal.any([signal, commit.signal]));
  forget();
}

function toRecord(change: Change, streamArn: string): DynamoDBRecord {
  return {
    eventID: change.seq.toString(16).padStart(32, '0'),
    eventName: change.event,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: streamArn.split(':')[3] ?? '',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(change.at / 1_000),
      Keys: { pk: { S: change.key.pk }, sk: { S: change.key.sk } },
      ...(change.new && { NewImage: image(change.new) }),
      ...(change.old && { OldImage: image(change.old) }),
      // Sequence numbers are compared as text by readers that know no better, so they have one length.
      SequenceNumber: String(change.seq).padStart(21, '0'),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: streamArn,
  };
}

// The SDK and the event types describe the same DynamoDB JSON; items hold no binary, where the two differ.
const image = (item: Item): Record<string, AttributeValue> => encodeStreamImage(item) as Record<string, AttributeValue>;
