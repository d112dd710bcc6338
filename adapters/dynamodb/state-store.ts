import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { StateStore } from '#control/ports.ts';
import { assertWrites } from '../store/assert-writes.ts';
import { batchRead } from './batch-read.ts';
import { commit } from './commit.ts';
import { answered } from './dynamodb-fault.ts';
import { decodeItem, MARSHALL_OPTIONS, UNMARSHALL_OPTIONS } from './item-codec.ts';
import { indexPage, partitionPage } from './page-read.ts';

interface DynamoStoreOptions {
  readonly client: DynamoDBClient;
  /** Name of the table that infra/table.yml defines. */
  readonly table: string;
}

/** The state store on DynamoDB. Retries of throttles and network errors are the client's; what is left faults. */
export function createDynamoStore({ client, table }: DynamoStoreOptions): StateStore {
  // Copies, because the document client writes its own members into the options it is given.
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { ...MARSHALL_OPTIONS },
    unmarshallOptions: { ...UNMARSHALL_OPTIONS },
  });

  return {
    get: async ({ pk, sk }) => {
      const command = new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true });
      const { Item } = await answered(documents.send(command));
      return Item && decodeItem(Item);
    },
    getMany: (keys) => batchRead(documents, table, keys),
    query: (query) => partitionPage(documents, table, query),
    queryIndex: (query) => indexPage(documents, table, query),
    transact: async (writes) => {
      assertWrites(writes);
      return commit(documents, table, writes);
    },
  };
}
