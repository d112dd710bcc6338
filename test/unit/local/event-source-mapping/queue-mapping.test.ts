import type { SQSEvent } from 'aws-lambda';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#adapters/clock.ts';
import { type MessageQueues, openMessageQueues, type QueueSettings } from '#adapters/embedded/message-queue.ts';
import { embeddedQueueSource } from '#local/event-source-mapping/embedded-queue-source.ts';
import type { Mapping } from '#local/event-source-mapping/mapping.ts';
import { type QueueMappingConfig, startQueueMapping } from '#local/event-source-mapping/queue-mapping.ts';
import { systemTimers } from '#local/event-source-mapping/system-timers.ts';
import { quietLog } from '#test/contract/event-source-mapping/quiet-log.ts';

let mapping: Mapping;
let queues: MessageQueues;
afterEach(async () => {
  await mapping.stop();
  queues.close();
});

function start(
  invoke: (event: SQSEvent) => Promise<unknown>,
  config: Partial<QueueMappingConfig> = {},
  work: Partial<QueueSettings> = {},
): void {
  queues = openMessageQueues({
    path: ':memory:',
    clock: systemClock,
    queues: [
      { name: 'work', visibilityMs: 20, ...work },
      { name: 'dead', visibilityMs: 1_000 },
    ],
  });
  mapping = startQueueMapping({
    source: embeddedQueueSource(queues, 'work', systemTimers),
    mapping: { batchSize: 10, batchWindowMs: 0, reportFailures: true, filterPatterns: [], ...config },
    queueArn: 'arn:aws:sqs:eu-west-1:000000000000:work',
    invoke,
    timers: systemTimers,
    log: quietLog,
  });
}

const bodiesOf = ({ Records }: SQSEvent): string[] => Records.map(({ body }) => body);
const reporting = ({ Records }: SQSEvent, bad: string) => ({
  batchItemFailures: Records.filter(({ body }) => body === bad).map(({ messageId }) => ({ itemIdentifier: messageId })),
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('queue mapping, one message of a batch always fails, only it comes back and ends in the dead letters', async () => {
  const dead = Promise.withResolvers<void>();
  const batches: string[][] = [];
  start(
    async (event) => {
      const receives = event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount);
      batches.push(bodiesOf(event).map((body, at) => `${body} ${receives[at]}`));
      return reporting(event, 'bad');
    },
    {},
    { redrive: { deadLetterQueue: 'dead', maxReceiveCount: 2 } },
  );
  queues.onSend('dead', dead.resolve);
  queues.send('work', [{ body: 'good' }, { body: 'bad' }]);
  await dead.promise;
  await mapping.stop();
  expect(batches).toEqual([['good 1', 'bad 1'], ['bad 2']]);
  expect(queues.depth('work')).toEqual({ visible: 0, hidden: 0 });
  expect(queues.receive('dead', 10).map(({ body }) => body)).toEqual(['bad']);
});

test('queue mapping, poison among a hundred messages, the others are handled once and do not wait for it', async () => {
  const handled: string[] = [];
  const poisoned = Promise.withResolvers<void>();
  start(
    async (event) => {
      handled.push(...bodiesOf(event).filter((body) => body !== 'poison'));
      return reporting(event, 'poison');
    },
    {},
    { visibilityMs: 30, redrive: { deadLetterQueue: 'dead', maxReceiveCount: 3 } },
  );
  queues.onSend('dead', poisoned.resolve);
  const bodies = Array.from({ length: 99 }, (_, at) => `m${at}`);
  queues.send(
    'work',
    ['poison', ...bodies].map((body) => ({ body })),
  );
  await poisoned.promise;
  expect(handled.sort()).toEqual(bodies.sort());
});

test('queue mapping, more messages than may run at once, no more invocations run than configured', async () => {
  let running = 0;
  let most = 0;
  let handled = 0;
  const all = Promise.withResolvers<void>();
  start(
    async ({ Records }) => {
      running += 1;
      most = Math.max(most, running);
      await systemTimers.sleep(2, new AbortController().signal);
      running -= 1;
      handled += Records.length;
      if (handled === 12) all.resolve();
    },
    { batchSize: 1, maximumConcurrency: 3 },
    { visibilityMs: 60_000 },
  );
  queues.send(
    'work',
    Array.from({ length: 12 }, (_, at) => ({ body: String(at) })),
  );
  await all.promise;
  expect(most).toBe(3);
});

test('queue mapping, messages its filter does not want, they are deleted without an invocation', async () => {
  const seen: string[] = [];
  const wanted = Promise.withResolvers<void>();
  start(
    async (event) => {
      seen.push(...bodiesOf(event));
      wanted.resolve();
    },
    { filterPatterns: [{ body: { kind: ['service'] } }] },
    { visibilityMs: 60_000 },
  );
  queues.send('work', [{ body: 'no JSON' }, { body: '{"kind":"other"}' }, { body: '{"kind":"service"}' }]);
  await wanted.promise;
  await mapping.idle();
  expect(seen).toEqual(['{"kind":"service"}']);
  expect(queues.depth('work')).toEqual({ visible: 0, hidden: 0 });
});

test('queue mapping, stopped while a function runs, it waits for it and its message is deleted', async () => {
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  start(
    async () => {
      begun.resolve();
      await release.promise;
    },
    {},
    { visibilityMs: 60_000 },
  );
  queues.send('work', [{ body: 'slow' }]);
  await begun.promise;
  let stopped = false;
  const stopping = mapping.stop().then(() => {
    stopped = true;
  });
  await turn();
  expect(stopped).toBe(false);
  release.resolve();
  await stopping;
  expect(queues.depth('work')).toEqual({ visible: 0, hidden: 0 });
});

test('queue mapping, messages that come one by one, a window gathers them into one batch', async () => {
  const batches: string[][] = [];
  const handled = Promise.withResolvers<void>();
  start(
    async (event) => {
      batches.push(bodiesOf(event));
      handled.resolve();
    },
    { batchWindowMs: 100 },
    { visibilityMs: 60_000 },
  );
  queues.send('work', [{ body: 'a' }]);
  await turn();
  queues.send('work', [{ body: 'b' }]);
  await handled.promise;
  expect(batches).toEqual([['a', 'b']]);
});
