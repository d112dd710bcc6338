import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createDynamoStore } from '#adapters/dynamodb/state-store.ts';
import type { Key, StateStore, Write } from '#control/ports.ts';

/** Answers of DynamoDB that DynamoDB Local never gives: conflicts between transactions, throttles, unread keys. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const refused = (type: string, more: object = {}): Answer => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type, ...more },
});

const cancelled = (...reasons: readonly object[]): Answer =>
  refused('TransactionCanceledException', { CancellationReasons: reasons });

interface Request {
  readonly body: Uint8Array;
}

/** A store whose network gives these answers in turn, the last one for ever; `requests` are the bodies it was sent. */
function storeAnswering(...answers: readonly (Answer | Error)[]): { store: StateStore; requests: unknown[] } {
  const requests: unknown[] = [];
  const handle = async (request: Request): Promise<unknown> => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(JSON.parse(new TextDecoder().decode(request.body)));
    if (!answer || answer instanceof Error) throw answer;
    const body = new TextEncoder().encode(JSON.stringify(answer.body));
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return { response: { statusCode: answer.status, headers, body } };
  };
  const client = new DynamoDBClient({
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    // Only `handle` is ever called on this client.
    requestHandler: { handle } as unknown as NonNullable<DynamoDBClient['config']['requestHandler']>,
  });
  return { store: createDynamoStore({ client, table: 'state' }), requests };
}

const key: Key = { pk: 'p', sk: 's' };
const put: Write = { kind: 'put', key, expect: 1, body: { kind: 'thing', value: {} } };
const check: Write = { kind: 'check', key: { pk: 'p', sk: 't' }, expect: 'absent' };
const standing = { pk: { S: 'p' }, sk: { S: 's' }, v: { N: '4' }, kind: { S: 'thing' }, d: { M: {} } };

test('transact, another transaction holds an item, reports contention there', async () => {
  const { store } = storeAnswering(cancelled({ Code: 'None' }, { Code: 'TransactionConflict' }));
  expect(await store.transact([put, check])).toEqual({
    kind: 'conflict',
    conflicts: [{ write: 1, reason: 'contention' }],
  });
});

test('transact, a condition failed beside contention and a throttle, tells them apart', async () => {
  const { store } = storeAnswering(
    cancelled(
      { Code: 'ConditionalCheckFailed', Item: standing },
      { Code: 'TransactionConflict' },
      { Code: 'ThrottlingError' },
    ),
  );
  const third: Write = { ...check, key: { pk: 'p', sk: 'u' } };
  expect(await store.transact([put, check, third])).toMatchObject({
    conflicts: [
      { write: 0, reason: 'condition', current: { key, version: 4 } },
      { write: 1, reason: 'contention' },
    ],
  });
});

test('transact, a lone write meets a transaction, reports contention', async () => {
  const { store } = storeAnswering(refused('TransactionConflictException'));
  expect(await store.transact([put])).toEqual({ kind: 'conflict', conflicts: [{ write: 0, reason: 'contention' }] });
});

test('transact, its own first attempt is still under way, reports contention for every write', async () => {
  const { store } = storeAnswering(refused('TransactionInProgressException'));
  expect(await store.transact([put, check])).toMatchObject({ conflicts: [{ write: 0 }, { write: 1 }] });
});

const systemError = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });

test.each([
  ['a throttled transaction', cancelled({ Code: 'None' }, { Code: 'ThrottlingError' })],
  ['an exhausted partition', refused('ProvisionedThroughputExceededException')],
  ['a throttle', refused('ThrottlingException')],
  ['a server error', { status: 500, body: { __type: 'InternalServerError' } }],
  ['a server error nobody named', { status: 503, body: {} }],
  ['a refused connection', systemError],
])('transact, %s, faults Unavailable with its cause', async (_, answer) => {
  const { store } = storeAnswering(answer);
  await expect(store.transact([put, check])).rejects.toMatchObject({
    name: 'Fault',
    code: 'Unavailable',
    cause: expect.any(Error),
  });
});

test('reads, with no connection, fault Unavailable', async () => {
  const { store } = storeAnswering(systemError);
  const reads = [store.get(key), store.getMany([key]), store.query({ pk: 'p' }), store.queryIndex({ pk: 'p' })];
  for (const read of reads) await expect(read).rejects.toMatchObject({ code: 'Unavailable' });
});

test('transact, a request DynamoDB finds malformed, is a bug and no fault', async () => {
  const { store } = storeAnswering(refused('ValidationException'));
  await expect(store.transact([put])).rejects.toMatchObject({ name: 'ValidationException' });
});

test('getMany, DynamoDB leaves keys unread, asks for the rest', async () => {
  const unread = { state: { Keys: [{ pk: { S: 'p' }, sk: { S: 's' } }], ConsistentRead: true } };
  const { store, requests } = storeAnswering(
    { status: 200, body: { Responses: { state: [] }, UnprocessedKeys: unread } },
    { status: 200, body: { Responses: { state: [standing] }, UnprocessedKeys: {} } },
  );
  expect(await store.getMany([check.key, key])).toMatchObject([undefined, { key, version: 4 }]);
  expect(requests[1]).toEqual({ RequestItems: unread });
});

test('getMany, DynamoDB never reads a key, faults Unavailable after a bounded number of attempts', async () => {
  const unread = { state: { Keys: [{ pk: { S: 'p' }, sk: { S: 's' } }] } };
  const { store, requests } = storeAnswering({ status: 200, body: { UnprocessedKeys: unread } });
  await expect(store.getMany([key])).rejects.toMatchObject({ code: 'Unavailable' });
  expect(requests).toHaveLength(6);
});

test('transact, a lone put, costs no transaction; several writes carry a token for repetitions', async () => {
  const single = storeAnswering({ status: 200, body: {} });
  await single.store.transact([put]);
  expect(single.requests[0]).toMatchObject({ TableName: 'state', ConditionExpression: 'v = :v' });

  const several = storeAnswering({ status: 200, body: {} });
  await several.store.transact([put, check]);
  expect(several.requests[0]).toMatchObject({
    ClientRequestToken: expect.any(String),
    TransactItems: [{ Put: {} }, { ConditionCheck: {} }],
  });
});
