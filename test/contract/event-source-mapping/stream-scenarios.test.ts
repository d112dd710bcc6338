import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { factsOf, type RecordedMessage } from './failure-facts.ts';
import { runStream } from './run-stream.ts';

interface Recorded {
  readonly invocations: number;
  readonly destination: readonly RecordedMessage[];
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

test.each(Object.entries(recorded))('stream mapping, %s, it does what AWS did', async (name, expected) => {
  const answer = ANSWERS[name];
  if (!answer) throw new Error(`no answer for ${name}`);
  const records = [{ dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 1 } }];
  const { invocations, given } = await runStream({ records, mapping: { batchSize: 3 }, answer });
  expect(invocations).toHaveLength(expected.invocations);
  expect(given.map(factsOf)).toEqual(expected.destination.map(factsOf));
});
