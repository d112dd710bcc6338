import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Resource } from '../service-file.ts';

/** What the runner has to know of the table. */
export interface CreatedTable {
  readonly name: string;
  readonly streamArn: string;
}

export const STATE_TABLE = 'berth-local-state';

/** Creates the table of infra/table.yml when it is not there. */
export async function createTable(client: DynamoDBClient, table: Resource | undefined): Promise<CreatedTable> {
  const known = await describe(client);
  if (known) return known;
  // CloudFormation spells these members as the API does; the rest of the definition is for AWS alone.
  const definition = table?.Properties as Omit<CreateTableCommandInput, 'TableName'>;
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode, StreamSpecification } = definition;
  await client.send(
    new CreateTableCommand({
      TableName: STATE_TABLE,
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
      BillingMode,
      StreamSpecification: { ...StreamSpecification, StreamEnabled: true },
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: STATE_TABLE });
  const created = await describe(client);
  if (!created) throw new Error('the state table was created without a stream');
  return created;
}

async function describe(client: DynamoDBClient): Promise<CreatedTable | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: STATE_TABLE }));
    return Table?.LatestStreamArn ? { name: STATE_TABLE, streamArn: Table.LatestStreamArn } : undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
