import { expect, test } from 'vitest';
import { startStreamMapping } from '#local/event-source-mapping/stream-mapping.ts';
import type { StreamBatch } from '#local/event-source-mapping/stream-source.ts';
import { systemTimers } from '#local/event-source-mapping/system-timers.ts';
import { quietLog } from '#test/contract/event-source-mapping/quiet-log.ts';
import { runStream, steppedTimers } from '#test/contract/event-source-mapping/run-stream.ts';

const hundred = Array.from({ length: 100 }, (_, at) => ({ dynamodb: { SequenceNumber: `s${at}` } }));
const BISECTED = { bisect: true, maximumRetryAttempts: 5 };

test.each(['s0', 's42', 's99'])('stream mapping, %s of a hundred is poison, the others go through', async (poison) => {
  const through = new Set<string>();
  const { invocations, given } = await runStream({
    records: hundred,
    mapping: BISECTED,
    answer: (batch) => {
      if (batch.includes(poison)) throw new Error('poison');
      for (const sequence of batch) through.add(sequence);
    },
  });
  expect(through.size).toBe(99);
  expect(given.map(({ DDBStreamBatchInfo }) => DDBStreamBatchInfo.startSequenceNumber)).toEqual([poison]);
  expect(given[0]?.DDBStreamBatchInfo.batchSize).toBe(1);
  // Six on the poison alone, and no more than two for each of the halvings that find it.
  expect(invocations.length).toBeLessThanOrEqual(6 + 2 * 7);
});

test('stream mapping, a function that reports its poison, nothing before it is handled twice', async () => {
  const times = new Map<string, number>();
  const { given } = await runStream({
    records: hundred,
    mapping: BISECTED,
    answer: (batch) => {
      const [done = [], poison] = batch.includes('s42') ? [batch.slice(0, batch.indexOf('s42')), 's42'] : [batch];
      for (const sequence of done) times.set(sequence, (times.get(sequence) ?? 0) + 1);
      return { batchItemFailures: poison === undefined ? [] : [{ itemIdentifier: poison }] };
    },
  });
  expect([...times.keys()]).toEqual(hundred.map(({ dynamodb }) => dynamodb.SequenceNumber).filter((s) => s !== 's42'));
  expect(new Set(times.values())).toEqual(new Set([1]));
  expect(given).toHaveLength(1);
});

test('stream mapping, the destination of failures refuses, the batch comes again and nothing is lost', async () => {
  let refusals = 2;
  const { invocations, given } = await runStream({
    records: [{ dynamodb: { SequenceNumber: 's1' } }, { dynamodb: { SequenceNumber: 's2' } }],
    mapping: { maximumRetryAttempts: 0, batchSize: 1 },
    answer: ([sequence]) => {
      if (sequence === 's1') throw new Error('poison');
    },
    onFailure: async () => {
      if (refusals-- > 0) throw new Error('the queue cannot answer');
    },
  });
  expect(invocations).toEqual([['s1'], ['s1'], ['s1'], ['s2']]);
  expect(given).toHaveLength(1);
});

/** One batch of one record, then silence. */
function oneBatch(checkpoint: () => Promise<void>) {
  const batch: StreamBatch = { shardId: 'shard', records: [{ dynamodb: { SequenceNumber: 's1' } }], checkpoint };
  const left = [batch];
  return {
    streamArn: 'stream',
    read: async (_max: number, _waitMs: number, signal: AbortSignal) => {
      const next = left.shift();
      if (!next) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return next;
    },
  };
}
const MAPPING = {
  batchSize: 10,
  batchWindowMs: 0,
  maximumRetryAttempts: -1,
  maximumRecordAgeMs: -1,
  bisect: false,
  reportFailures: true,
  filterPatterns: [],
};

test('stream mapping, stopped while a function runs, it waits for the function and its checkpoint', async () => {
  const events: string[] = [];
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const mapping = startStreamMapping({
    source: oneBatch(async () => void events.push('checkpoint')),
    mapping: MAPPING,
    functionArn: 'function',
    invoke: async () => {
      begun.resolve();
      await release.promise;
      events.push('handled');
    },
    timers: steppedTimers(),
    log: quietLog,
  });
  await begun.promise;
  const idle = mapping.idle().then(() => events.push('idle'));
  const stopped = mapping.stop().then(() => events.push('stopped'));
  release.resolve();
  await Promise.all([idle, stopped]);
  expect(events.slice(0, 2)).toEqual(['handled', 'checkpoint']);
  expect(new Set(events.slice(2))).toEqual(new Set(['idle', 'stopped']));
});

test('stream mapping, stopped between two attempts, the batch is not checkpointed', async () => {
  let checkpoints = 0;
  const failedOnce = Promise.withResolvers<void>();
  const mapping = startStreamMapping({
    source: oneBatch(async () => {
      checkpoints += 1;
    }),
    mapping: MAPPING,
    functionArn: 'function',
    invoke: async () => {
      failedOnce.resolve();
      throw new Error('not now');
    },
    timers: { now: () => 0, sleep: (_ms, signal) => systemTimers.sleep(60_000, signal) },
    log: quietLog,
  });
  await failedOnce.promise;
  await mapping.stop();
  expect(checkpoints).toBe(0);
});
