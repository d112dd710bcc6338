import { readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { factsOf, type RecordedMessage } from './failure-facts.ts';
import { runStream, steppedTimers } from './run-stream.ts';

interface Recorded {
  readonly mapping: {
    readonly batchSize: number;
    readonly maximumRetryAttempts: number;
    readonly maximumRecordAgeInSeconds: number;
    readonly bisect: boolean;
    readonly reportFailures: boolean;
  };
  /** Sequence numbers over all invocations. */
  readonly handled?: readonly string[];
  readonly destination: readonly RecordedMessage[];
}
const file = new URL('recorded/stream-batches.json', import.meta.url);
const all = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Recorded>>;

function recordedAs(name: string): Recorded {
  const found = all[name];
  if (!found) throw new Error(`nothing is recorded as ${name}`);
  return found;
}
const mappingOf = ({ mapping: { maximumRecordAgeInSeconds, ...mapping } }: Recorded) => ({
  ...mapping,
  maximumRecordAgeMs: maximumRecordAgeInSeconds * 1_000,
});
const record = (sequence: string, createdAtSeconds: number): DynamoDBRecord => ({
  dynamodb: { SequenceNumber: sequence, ApproximateCreationDateTime: createdAtSeconds },
});
const fail = (): never => {
  throw new Error('function failed');
};
const NOW_SECONDS = 1_000_000;
const LONG_AGO = NOW_SECONDS - 3_600;

test('stream mapping, the last of six records fails, each is handled as often as on AWS', async () => {
  const recorded = recordedAs('partial failures');
  const { handled = [], destination } = recorded;
  const sequences = [...new Set(handled)];
  const poison = destination[0]?.DDBStreamBatchInfo?.startSequenceNumber ?? '';
  const { invocations, given } = await runStream({
    records: sequences.map((sequence) => record(sequence, 1)),
    mapping: mappingOf(recorded),
    answer: (batch) => ({ batchItemFailures: batch.includes(poison) ? [{ itemIdentifier: poison }] : [] }),
  });
  expect(invocations.flat()).toEqual(handled);
  expect(given.map(factsOf)).toEqual(destination.map(factsOf));
  expect(given[0]?.DDBStreamBatchInfo).toMatchObject({ startSequenceNumber: poison, endSequenceNumber: poison });
});

test('stream mapping, a record too old before any invocation, it is given up as on AWS', async () => {
  const recorded = recordedAs('expire-before-ingestion');
  const { invocations, given } = await runStream({
    records: [record('1', LONG_AGO)],
    mapping: mappingOf(recorded),
    answer: fail,
    timers: steppedTimers(NOW_SECONDS * 1_000),
  });
  expect(invocations).toEqual([]);
  expect(given.map(factsOf)).toEqual(recorded.destination.map(factsOf));
});

test('stream mapping, a record that grows too old between retries, it is given up as on AWS', async () => {
  const recorded = recordedAs('expire-while-retrying');
  const { invocations, given } = await runStream({
    records: [record('1', NOW_SECONDS)],
    mapping: mappingOf(recorded),
    answer: fail,
    timers: steppedTimers(NOW_SECONDS * 1_000),
  });
  // How many retries fit into the minute depends on back-off, which AWS does not document.
  const withoutCount = (message: RecordedMessage) => ({ ...factsOf(message), invocations: 'some' });
  expect(given.map(withoutCount)).toEqual(recorded.destination.map(withoutCount));
  expect(given[0]?.requestContext.approximateInvokeCount).toBe(invocations.length);
  expect(invocations.length).toBeGreaterThan(1);
});

test('stream mapping, one record of a batch is too old, only it is given up, as on AWS', async () => {
  const recorded = recordedAs('discard_records');
  const { handled = [] } = recorded;
  const { invocations, given } = await runStream({
    records: [record('too old', LONG_AGO), ...handled.map((sequence) => record(sequence, NOW_SECONDS))],
    mapping: mappingOf(recorded),
    answer: () => undefined,
    timers: steppedTimers(NOW_SECONDS * 1_000),
  });
  expect(invocations).toEqual([handled]);
  expect(given.map(factsOf)).toEqual(recorded.destination.map(factsOf));
});
