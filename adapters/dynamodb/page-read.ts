import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ItemPage, Key, PartitionQuery } from '#control/ports.ts';
import { encodeIndexCursor, indexCursor, pageSize, partitionCursor } from '../store/page-cursor.ts';
import { answered } from './dynamodb-fault.ts';
import { decodeItem } from './item-codec.ts';

const INDEX = 'sparse';

/** One page of a partition, strongly consistent. */
export async function partitionPage(
  client: DynamoDBDocumentClient,
  table: string,
  query: PartitionQuery,
): Promise<ItemPage> {
  const after = partitionCursor(query);
  return page(
    client,
    {
      ...request(table, query),
      KeyConditionExpression: query.prefix ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk',
      ConsistentRead: true,
      ...(after !== undefined && { ExclusiveStartKey: { pk: query.pk, sk: after } }),
    },
    ({ sk }) => sk,
  );
}

/** One page of the sparse index, eventually consistent. */
export async function indexPage(
  client: DynamoDBDocumentClient,
  table: string,
  query: PartitionQuery,
): Promise<ItemPage> {
  const after = indexCursor(query);
  return page(
    client,
    {
      ...request(table, query),
      IndexName: INDEX,
      KeyConditionExpression: query.prefix ? 'gpk = :pk AND begins_with(gsk, :prefix)' : 'gpk = :pk',
      ...(after && { ExclusiveStartKey: { gpk: query.pk, gsk: after.indexSk, ...after.key } }),
    },
    ({ gsk = '', pk, sk }) => encodeIndexCursor({ indexSk: gsk, key: { pk, sk } }),
  );
}

const request = (table: string, query: PartitionQuery): QueryCommandInput => ({
  TableName: table,
  ExpressionAttributeValues: { ':pk': query.pk, ...(query.prefix && { ':prefix': query.prefix }) },
  Limit: pageSize(query),
  ScanIndexForward: !query.reverse,
});

/** Key attributes are always text: the table's definition says so. Only keys read from the index have a `gsk`. */
interface KeyAttributes extends Key {
  readonly gsk?: string;
}

async function page(
  client: DynamoDBDocumentClient,
  input: QueryCommandInput,
  cursor: (last: KeyAttributes) => string,
): Promise<ItemPage> {
  const answer = await answered(client.send(new QueryCommand(input)));
  const last = answer.LastEvaluatedKey as KeyAttributes | undefined;
  return { items: (answer.Items ?? []).map(decodeItem), ...(last && { next: cursor(last) }) };
}
