import {
  type _Record,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type AttributeValue as SdkAttribute,
  type Shard,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import type { ShardInfo, ShardPosition, ShardReader } from './shard-reader.ts';

/** GetRecords answers with no more than this. */
const MAX_RECORDS = 1_000;

/** Reads a table's stream. Errors are the SDK's own, except for what the reader's answers can say. */
export const dynamoShardReader = (client: DynamoDBStreamsClient, streamArn: string): ShardReader => ({
  list: async () => {
    const shards: ShardInfo[] = [];
    let from: string | undefined;
    do {
      const page = new DescribeStreamCommand({ StreamArn: streamArn, ExclusiveStartShardId: from });
      const { StreamDescription } = await client.send(page);
      shards.push(...(StreamDescription?.Shards ?? []).map(toShard));
      from = StreamDescription?.LastEvaluatedShardId;
    } while (from !== undefined);
    return shards;
  },
  open: async (shardId, position) => {
    const command = new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...toIterator(position) });
    const answer = await unless(TrimmedDataAccessException, client.send(command));
    return answer?.ShardIterator;
  },
  read: async (iterator, max) => {
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: Math.min(max, MAX_RECORDS) });
    const answer = await unless(ExpiredIteratorException, client.send(command));
    if (!answer) return undefined;
    const records = (answer.Records ?? []).map((record) => toRecord(record, streamArn));
    return { records, ...(answer.NextShardIterator !== undefined && { next: answer.NextShardIterator }) };
  },
});

async function unless<T>(kind: abstract new (...args: never[]) => Error, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof kind) return undefined;
    throw error;
  }
}

const toShard = ({ ShardId = '', ParentShardId, SequenceNumberRange }: Shard): ShardInfo => ({
  shardId: ShardId,
  ...(ParentShardId !== undefined && { parentId: ParentShardId }),
  closed: SequenceNumberRange?.EndingSequenceNumber !== undefined,
});

function toIterator(position: ShardPosition) {
  switch (position.kind) {
    case 'oldest':
      return { ShardIteratorType: 'TRIM_HORIZON' } as const;
    case 'newest':
      return { ShardIteratorType: 'LATEST' } as const;
    case 'after':
      return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position.sequence } as const;
  }
}

/** Lambda's form of a record: times are numbers of seconds, and every record names its stream. */
function toRecord({ dynamodb = {}, userIdentity, ...record }: _Record, streamArn: string): DynamoDBRecord {
  const { ApproximateCreationDateTime: created, Keys, NewImage, OldImage, ...rest } = dynamodb;
  return {
    ...record,
    dynamodb: {
      ...rest,
      ...(created && { ApproximateCreationDateTime: created.getTime() / 1_000 }),
      ...(Keys && { Keys: image(Keys) }),
      ...(NewImage && { NewImage: image(NewImage) }),
      ...(OldImage && { OldImage: image(OldImage) }),
    },
    ...(userIdentity && { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
    eventSourceARN: streamArn,
  };
}

/** The SDK and the event types describe the same DynamoDB JSON; items hold no binary, where the two differ. */
const image = (attributes: object): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, attribute(value as SdkAttribute)]),
  ) as Record<string, AttributeValue>;

/** Of an empty map the SDK's reading of DynamoDB Local's stream leaves nothing, not even the type. */
function attribute(value: SdkAttribute): object {
  if (value.M) return { M: image(value.M) };
  if (value.L) return { L: value.L.map(attribute) };
  return Object.keys(value).length === 0 ? { M: {} } : value;
}
