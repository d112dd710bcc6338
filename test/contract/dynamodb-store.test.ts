import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeStreamImage } from '#adapters/dynamodb/item-codec.ts';
import { createDynamoStore } from '#adapters/dynamodb/state-store.ts';
import type { ItemBody, StateStore } from '#control/ports.ts';
import { type DynamoDbLocal, javaIsThere, startDynamoDbLocal } from '#test/support/dynamodb-local.ts';
import { stateStoreContract } from './state-store.case.ts';

describe.skipIf(!javaIsThere())('on DynamoDB Local', () => {
  let dynamodb: DynamoDbLocal;
  beforeAll(async () => {
    dynamodb = await startDynamoDbLocal();
  }, 60_000);
  afterAll(async () => dynamodb?.stop());

  const openTable = async (table: string): Promise<StateStore> => {
    await dynamodb.createTable(table);
    return createDynamoStore({ client: dynamodb.client, table });
  };

  stateStoreContract('DynamoDB', async () => ({ store: await openTable('state'), close: () => undefined }));

  test('encodeStreamImage, for an item, makes the very image the stream of the table carries', async () => {
    const store = await openTable('streamed');
    const key = { pk: 'p', sk: 's' };
    const body: ItemBody = {
      kind: 'thing',
      value: { text: '', list: [1, null, true], nested: { fraction: 0.5 }, gone: undefined },
      index: { pk: 'i', sk: '1' },
      wake: { work: { kind: 'capacity', cluster: 'c' }, at: 1_700_000_000_123 },
      expiresAt: 1_700_000_000_000,
    };
    await store.transact([{ kind: 'put', key, expect: 'absent', body }]);
    const item = await store.get(key);
    if (!item) throw new Error('the item is gone');

    const [record] = await streamRecords(dynamodb, 'streamed');
    expect(record?.dynamodb?.NewImage).toEqual(encodeStreamImage(item));
  });

  test('a table that is not there, stays an error of its own and is no fault', async () => {
    const store = createDynamoStore({ client: dynamodb.client, table: 'missing' });
    await expect(store.get({ pk: 'p', sk: 's' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

async function streamRecords(dynamodb: DynamoDbLocal, TableName: string): Promise<readonly _Record[]> {
  const { Table } = await dynamodb.client.send(new DescribeTableCommand({ TableName }));
  const { endpoint, region, credentials } = dynamodb.client.config;
  const streams = new DynamoDBStreamsClient({ region, credentials, ...(endpoint && { endpoint }) });
  try {
    const stream = { StreamArn: Table?.LatestStreamArn };
    const { StreamDescription } = await streams.send(new DescribeStreamCommand(stream));
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ ...stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    return Records;
  } finally {
    streams.destroy();
  }
}
