import { readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { matchesAny, requirePattern } from '#local/event-source-mapping/matches-pattern.ts';
import { runStream } from './run-stream.ts';

interface Recorded {
  readonly name: string;
  readonly patterns: readonly unknown[];
  readonly delivered: readonly DynamoDBRecord[];
}
const file = new URL('recorded/stream-filters.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];

test.each(recorded)('stream filter $name, records AWS delivered, they match', ({ patterns, delivered }) => {
  for (const record of delivered) expect(matchesAny(patterns, record)).toBe(true);
});

test.each(recorded)('stream filter $name, a removal of something else, it does not match', ({ name, patterns }) => {
  // What is removed has no new image at all, so that one filter lets it through.
  const removal = { eventName: 'REMOVE', eventSource: 'aws:dynamodb', dynamodb: { Keys: { id: { S: 'other' } } } };
  expect(matchesAny(patterns, removal)).toBe(name === 'exists_false_filter');
});

test('stream filter, a number in DynamoDB JSON is text, it is never in a numeric range', () => {
  const pattern = { dynamodb: { NewImage: { size: { N: [{ numeric: ['>', 100] }] } } } };
  expect(matchesAny([pattern], { dynamodb: { NewImage: { size: { N: '101' } } } })).toBe(false);
});

test('stream mapping, filtered records, they are passed over and checkpointed', async () => {
  const records = ['a', 'b', 'c'].map((sequence) => ({
    eventName: sequence === 'b' ? ('INSERT' as const) : ('REMOVE' as const),
    dynamodb: { SequenceNumber: sequence },
  }));
  const { invocations } = await runStream({
    records,
    mapping: { filterPatterns: [{ eventName: ['INSERT'] }] },
    answer: () => undefined,
  });
  expect(invocations).toEqual([['b']]);
});

test.each([
  'simple string',
  null,
  { eventSource: 'aws:sqs' },
  { eventSource: [] },
  { body: { size: [{ numeric: ['~', 1] }] } },
  { body: { size: [{ numeric: ['>'] }] } },
  { body: { name: [{ 'anything-but': { prefix: 'a' } }] } },
  { body: { name: [{ wildcard: 'a*' }] } },
])('filter pattern %j, it is refused before anything is delivered', (pattern) => {
  expect(() => requirePattern(pattern)).toThrow();
});
