import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import type { Item, Key } from '#control/ports.ts';
import { keyText } from '../store/assert-writes.ts';
import { answered, unavailable } from './dynamodb-fault.ts';
import { decodeItem } from './item-codec.ts';

/** BatchGetItem's limits: keys in one request, each at most once. */
const BATCH = 100;
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 25;

/** Reads any number of keys, strongly consistent, aligned with the order asked for. Faults: Unavailable. */
export async function batchRead(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Key[],
): Promise<readonly (Item | undefined)[]> {
  const distinct = [...new Map(keys.map((key) => [keyText(key), key])).values()];
  const batches = Array.from({ length: Math.ceil(distinct.length / BATCH) }, (_, batch) =>
    distinct.slice(batch * BATCH, (batch + 1) * BATCH),
  );
  const found = await Promise.all(batches.map((batch) => readBatch(client, table, batch)));
  const byKey = new Map(found.flat().map((item) => [keyText(item.key), item]));
  return keys.map((key) => byKey.get(keyText(key)));
}

/** DynamoDB answers with what it could read in time; the rest is asked for again, with growing pauses, not for ever. */
async function readBatch(client: DynamoDBDocumentClient, table: string, keys: readonly Key[]): Promise<Item[]> {
  const found: Item[] = [];
  let request: BatchGetCommandInput['RequestItems'] = {
    [table]: { Keys: keys.map(({ pk, sk }) => ({ pk, sk })), ConsistentRead: true },
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 + Math.random()));
    const answer: BatchGetCommandOutput = await answered(client.send(new BatchGetCommand({ RequestItems: request })));
    found.push(...(answer.Responses?.[table] ?? []).map(decodeItem));
    request = answer.UnprocessedKeys;
    if (!request?.[table]) return found;
  }
  throw unavailable(new Error(`keys were left unread after ${ATTEMPTS} attempts`));
}
