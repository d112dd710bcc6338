import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { CommitOutcome, Write } from '#control/ports.ts';
import { assertNever } from '#core/assert-never.ts';
import { versionAfter } from '../store/version-after.ts';
import { condition } from './condition.ts';
import { faultOf } from './dynamodb-fault.ts';
import { encodeItem } from './item-codec.ts';
import { conflictsOf } from './write-conflict.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * Commits writes that are already known to be well formed.
 *
 * The SDK repeats a request whose answer was lost. A transaction carries a token that makes the repetition one effect.
 * A lone put or delete does not: repeated, it meets its own effect and reports a conflict although it was applied.
 * Callers read again on every conflict and so find what they wrote; paying double for each write would buy nothing.
 */
export async function commit(
  client: DynamoDBDocumentClient,
  table: string,
  writes: readonly Write[],
): Promise<CommitOutcome> {
  try {
    await send(client, table, writes);
    return { kind: 'committed' };
  } catch (error) {
    const conflicts = conflictsOf(error, writes.length);
    if (conflicts) return { kind: 'conflict', conflicts };
    throw faultOf(error);
  }
}

/** A lone write needs no transaction, which would cost twice the write units. */
async function send(client: DynamoDBDocumentClient, table: string, writes: readonly Write[]): Promise<void> {
  const items = writes.map((write) => transactItem(table, write));
  const [only] = items;
  if (items.length === 1 && only?.Put) await client.send(new PutCommand(only.Put));
  else if (items.length === 1 && only?.Delete) await client.send(new DeleteCommand(only.Delete));
  else await client.send(new TransactWriteCommand({ TransactItems: items }));
}

function transactItem(TableName: string, write: Write): TransactItem {
  const conditional = { TableName, ...condition(write.expect) };
  switch (write.kind) {
    case 'put': {
      const stored = encodeItem(write.key, versionAfter(write.expect), write.body);
      return { Put: { ...conditional, Item: { ...stored } } };
    }
    case 'delete':
      return { Delete: { ...conditional, Key: { ...write.key } } };
    case 'check':
      return { ConditionCheck: { ...conditional, Key: { ...write.key } } };
    default:
      return assertNever(write);
  }
}
