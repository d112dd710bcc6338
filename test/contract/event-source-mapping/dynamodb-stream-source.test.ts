import { DeleteItemCommand, DescribeTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoShardReader } from '#local/event-source-mapping/dynamodb-shard-reader.ts';
import { dynamoStreamSource } from '#local/event-source-mapping/dynamodb-stream-source.ts';
import { positionsInMemory } from '#local/event-source-mapping/stream-positions.ts';
import { systemTimers } from '#local/event-source-mapping/system-timers.ts';
import { type DynamoDbLocal, javaIsThere, startDynamoDbLocal } from '#test/support/dynamodb-local.ts';

const TABLE = 'streamed';
const { signal } = new AbortController();

describe.runIf(javaIsThere())('stream source on DynamoDB Local', () => {
  let dynamo: DynamoDbLocal;
  let streams: DynamoDBStreamsClient;
  let streamArn = '';
  beforeAll(async () => {
    dynamo = await startDynamoDbLocal();
    await dynamo.createTable(TABLE);
    const { Table } = await dynamo.client.send(new DescribeTableCommand({ TableName: TABLE }));
    streamArn = Table?.LatestStreamArn ?? '';
    const { endpoint, credentials, region } = dynamo.client.config;
    const { protocol = '', hostname = '', port = 0 } = (await endpoint?.()) ?? {};
    streams = new DynamoDBStreamsClient({ endpoint: `${protocol}//${hostname}:${port}`, credentials, region });
  });
  afterAll(async () => {
    streams.destroy();
    await dynamo.stop();
  });

  const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
  const put = (sk: string, value: string) =>
    dynamo.client.send(new PutItemCommand({ TableName: TABLE, Item: { ...key(sk), value: { S: value } } }));
  const open = (positions = positionsInMemory()) =>
    dynamoStreamSource({
      reader: dynamoShardReader(streams, streamArn),
      streamArn,
      positions,
      startingPosition: 'TRIM_HORIZON',
      timers: systemTimers,
    });

  test('an item made, changed and removed, its records come in order and in the form Lambda gives them', async () => {
    await put('a', 'first');
    await put('a', 'second');
    await dynamo.client.send(new DeleteItemCommand({ TableName: TABLE, Key: key('a') }));
    const batch = await open().read(100, 5_000, signal);
    const records = batch?.records ?? [];
    expect(records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
    expect(records[1]).toMatchObject({
      eventSource: 'aws:dynamodb',
      eventVersion: '1.1',
      eventSourceARN: streamArn,
      dynamodb: {
        Keys: key('a'),
        NewImage: { ...key('a'), value: { S: 'second' } },
        OldImage: { ...key('a'), value: { S: 'first' } },
        SequenceNumber: expect.stringMatching(/^\d{21,}$/),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    const { ApproximateCreationDateTime: created = 0 } = records[1]?.dynamodb ?? {};
    expect(Math.abs(Date.now() / 1_000 - created)).toBeLessThan(60);
  });

  test('started again behind a checkpoint, only what came after it is read', async () => {
    const positions = positionsInMemory();
    await put('b', 'before');
    const source = open(positions);
    for (let batch = await source.read(2, 1_000, signal); batch; batch = await source.read(2, 500, signal)) {
      await batch.checkpoint();
    }
    await put('b', 'after');
    const batch = await open(positions).read(100, 5_000, signal);
    expect(batch?.records.map(({ dynamodb }) => dynamodb?.NewImage?.['value'])).toEqual([{ S: 'after' }]);
  });
});
