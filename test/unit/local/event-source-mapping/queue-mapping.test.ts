import { expect, test } from 'vitest';
import { systemClock } from '#adapters/clock.ts';
import { openMessageQueues } from '#adapters/embedded/message-queue.ts';
import { embeddedQueueSource } from '#local/event-source-mapping/embedded-queue-source.ts';
import { startQueueMapping } from '#local/event-source-mapping/queue-mapping.ts';
import { systemTimers } from '#local/event-source-mapping/system-timers.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test('queue mapping, one message of a batch always fails, only it comes back and ends in the dead letters', async () => {
  const redrive = { deadLetterQueue: 'dead', maxReceiveCount: 2 };
  const queues = openMessageQueues({
    path: ':memory:',
    clock: systemClock,
    queues: [
      { name: 'work', visibilityMs: 20, redrive },
      { name: 'dead', visibilityMs: 1_000 },
    ],
  });
  const dead = Promise.withResolvers<void>();
  queues.onSend('dead', dead.resolve);
  const batches: string[][] = [];
  const mapping = startQueueMapping({
    source: embeddedQueueSource(queues, 'work', systemTimers),
    mapping: { batchSize: 10, batchWindowMs: 0, reportFailures: true },
    queueArn: 'arn:aws:sqs:eu-west-1:000000000000:work',
    invoke: async ({ Records }) => {
      batches.push(Records.map(({ body, attributes }) => `${body} ${attributes.ApproximateReceiveCount}`));
      const failed = Records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    },
    timers: systemTimers,
    log,
  });
  queues.send('work', [{ body: 'good' }, { body: 'bad' }]);
  await dead.promise;
  await mapping.stop();
  expect(batches).toEqual([['good 1', 'bad 1'], ['bad 2']]);
  expect(queues.depth('work')).toEqual({ visible: 0, hidden: 0 });
  expect(queues.receive('dead', 10).map(({ body }) => body)).toEqual(['bad']);
  queues.close();
});
