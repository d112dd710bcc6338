import { readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import type { StreamFailureMessage } from '#local/event-source-mapping/failure-message.ts';
import { startStreamMapping } from '#local/event-source-mapping/stream-mapping.ts';

interface Recorded {
  readonly invocations: number;
  readonly destination: readonly Record<string, unknown>[];
}
const file = new URL('recorded/stream-scenarios.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Recorded>>;

const failing = (itemIdentifier: unknown) => ({ batchItemFailures: [{ itemIdentifier }] });
const ANSWERS: Readonly<Record<string, () => unknown>> = {
  empty_string_item_identifier_failure: () => failing(''),
  null_item_identifier_failure: () => failing(null),
  invalid_key_foo_failure: () => ({ batchItemFailures: [{ foo: 'bar' }] }),
  invalid_key_foo_null_value_failure: () => ({ batchItemFailures: [{ foo: null }] }),
  item_identifier_not_present_failure: () => failing('item-that-does-not-exist'),
  unhandled_exception_in_function: () => {
    throw new Error('function failed');
  },
  empty_list_success: () => [],
  null_success: () => null,
  empty_dict_success: () => ({}),
  empty_batch_item_failure_success: () => ({ batchItemFailures: [] }),
  null_batch_item_failure_success: () => ({ batchItemFailures: null }),
};
const record: DynamoDBRecord = {
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 1 },
};
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test.each(Object.entries(recorded))('stream mapping, %s, it does what AWS did', async (name, expected) => {
  const answer = ANSWERS[name];
  if (!answer) throw new Error(`no answer for ${name}`);
  const given: StreamFailureMessage[] = [];
  let invocations = 0;
  const through = Promise.withResolvers<void>();
  let left = 1;
  const mapping = startStreamMapping({
    source: {
      streamArn: 'stream',
      read: async (_max, _wait, signal) => {
        if (left-- > 0) return { shardId: 'shard', records: [record], checkpoint: async () => through.resolve() };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return undefined;
      },
    },
    mapping: {
      batchSize: 3,
      batchWindowMs: 0,
      maximumRetryAttempts: 3,
      maximumRecordAgeMs: -1,
      bisect: false,
      reportFailures: true,
      filterPatterns: [],
    },
    functionArn: 'function',
    invoke: async () => {
      invocations += 1;
      return answer();
    },
    onFailure: async (message) => void given.push(message),
    timers: { now: () => 1_000, sleep: async () => {} },
    log,
  });
  await through.promise;
  await mapping.stop();
  expect(invocations).toBe(expected.invocations);
  const facts = (body: Record<string, unknown>) => {
    const { condition, approximateInvokeCount } = body['requestContext'] as Record<string, unknown>;
    const info = body['DDBStreamBatchInfo'] as Record<string, unknown>;
    return [
      condition,
      approximateInvokeCount,
      body['responseContext'],
      Object.keys(body).sort(),
      Object.keys(info).sort(),
    ];
  };
  expect(given.map(facts)).toEqual(expected.destination.map(facts));
});
