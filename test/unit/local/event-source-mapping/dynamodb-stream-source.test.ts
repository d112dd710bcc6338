import { expect, test } from 'vitest';
import { dynamoStreamSource } from '#local/event-source-mapping/dynamodb-stream-source.ts';
import { positionsInMemory, type StreamPositions } from '#local/event-source-mapping/stream-positions.ts';
import type { StreamBatch } from '#local/event-source-mapping/stream-source.ts';
import { type FakeShards, fakeShards } from './fake-shards.ts';

const { signal } = new AbortController();

function open(
  reader: FakeShards,
  { positions = positionsInMemory(), from = 'TRIM_HORIZON' as 'TRIM_HORIZON' | 'LATEST' } = {},
) {
  let now = 0;
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  const timers = { now: () => now, sleep };
  return dynamoStreamSource({ reader, streamArn: 'stream', positions, startingPosition: from, timers });
}

const sequencesOf = (batch: StreamBatch | undefined): readonly (string | undefined)[] =>
  (batch?.records ?? []).map(({ dynamodb }) => dynamodb?.SequenceNumber);

/** Reads and checkpoints until nothing comes within a second. */
async function drain(source: ReturnType<typeof open>, max: number): Promise<readonly (readonly unknown[])[]> {
  const batches: (readonly unknown[])[] = [];
  for (;;) {
    const batch = await source.read(max, 1_000, signal);
    if (!batch) return batches;
    batches.push([batch.shardId, ...sequencesOf(batch)]);
    await batch.checkpoint();
  }
}

const shard = (sequences: readonly string[], closed = false, parentId?: string) => ({
  sequences: [...sequences],
  closed,
  ...(parentId !== undefined && { parentId }),
});

test('stream source, a batch that was not checkpointed, it is handed out again with what came since', async () => {
  const reader = fakeShards({ a: shard(['1', '2']) });
  const source = open(reader);
  expect(sequencesOf(await source.read(3, 0, signal))).toEqual(['1', '2']);
  reader.shards.get('a')?.sequences.push('3', '4');
  expect(await drain(source, 3)).toEqual([
    ['a', '1', '2', '3'],
    ['a', '4'],
  ]);
});

test('stream source, a shard that was split, its children are read only when all of it was handled', async () => {
  const reader = fakeShards({
    child: shard(['8'], true, 'parent'),
    other: shard(['9'], false, 'parent'),
    parent: shard(['1', '2', '3'], true, 'trimmed long ago'),
  });
  expect(await drain(open(reader), 2)).toEqual([
    ['parent', '1', '2'],
    ['parent', '3'],
    ['child', '8'],
    ['other', '9'],
  ]);
});

test('stream source, a shard ends while it is read, the child made meanwhile is found', async () => {
  const reader = fakeShards({ a: shard(['1']) });
  const source = open(reader);
  expect(await drain(source, 10)).toEqual([['a', '1']]);
  reader.shards.get('a')?.sequences.push('2');
  Object.assign(reader.shards.get('a') ?? {}, { closed: true });
  reader.shards.set('b', shard(['3'], false, 'a'));
  expect(await drain(source, 10)).toEqual([
    ['a', '2'],
    ['b', '3'],
  ]);
});

test('stream source, several open shards, they take turns', async () => {
  const reader = fakeShards({ a: shard(['1', '2', '3']), b: shard(['7', '8']) });
  const shardsInTurn = (await drain(open(reader), 1)).map(([shardId]) => shardId);
  expect(shardsInTurn).toEqual(['a', 'b', 'a', 'b', 'a']);
});

test('stream source, its iterator expired, it goes on behind the last record it read', async () => {
  const reader = fakeShards({ a: shard(['1', '2']) });
  const source = open(reader);
  const batch = await source.read(10, 0, signal);
  await batch?.checkpoint();
  reader.expire();
  reader.shards.get('a')?.sequences.push('3');
  expect(await drain(source, 10)).toEqual([['a', '3']]);
});

test('stream source, started again with its positions, it goes on behind what was handled', async () => {
  const reader = fakeShards({ a: shard(['1', '2', '3']) });
  const positions: StreamPositions = positionsInMemory();
  await (await open(reader, { positions }).read(2, 0, signal))?.checkpoint();
  expect(await drain(open(reader, { positions }), 10)).toEqual([['a', '3']]);
});

test('stream source, what it stopped behind is no longer kept, it goes on at the oldest record', async () => {
  const reader = fakeShards({ a: shard(['5', '6']) });
  expect(await drain(open(reader, { positions: positionsInMemory([['a', '2']]) }), 10)).toEqual([['a', '5', '6']]);
});

test('stream source, begun at the newest record, older ones are passed over and none after them', async () => {
  const reader = fakeShards({ old: shard(['1'], true), a: shard(['2'], false, 'old') });
  const source = open(reader, { from: 'LATEST' });
  expect(await drain(source, 10)).toEqual([]);
  reader.shards.get('a')?.sequences.push('3');
  Object.assign(reader.shards.get('a') ?? {}, { closed: true });
  reader.shards.set('b', shard(['4'], false, 'a'));
  expect(await drain(source, 10)).toEqual([
    ['a', '3'],
    ['b', '4'],
  ]);
});
