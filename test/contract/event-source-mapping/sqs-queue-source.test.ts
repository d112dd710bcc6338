import { setTimeout } from 'node:timers/promises';
import { GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueueMessage } from '#adapters/embedded/message-queue.ts';
import { startQueueMapping } from '#local/event-source-mapping/queue-mapping.ts';
import type { QueueSource } from '#local/event-source-mapping/queue-source.ts';
import { sqsQueueSource } from '#local/event-source-mapping/sqs-queue-source.ts';
import { systemTimers } from '#local/event-source-mapping/system-timers.ts';
import { startSqs } from '#test/support/fauxqs.ts';
import { waitUntil } from '#test/support/wait-until.ts';
import { quietLog } from './quiet-log.ts';

let sqs: Awaited<ReturnType<typeof startSqs>>;
beforeAll(async () => {
  sqs = await startSqs();
});
afterAll(() => sqs.stop());

const { signal } = new AbortController();

function queue(name: string, attributes: Record<string, string> = {}): { url: string; source: QueueSource } {
  const { queueUrl } = sqs.server.createQueue(name, { attributes });
  return { url: queueUrl, source: sqsQueueSource({ client: sqs.client, queueUrl }) };
}

async function send(queueUrl: string, bodies: readonly string[]): Promise<void> {
  for (let start = 0; start < bodies.length; start += 10) {
    const Entries = bodies.slice(start, start + 10).map((MessageBody, at) => ({ Id: String(at), MessageBody }));
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

async function depth(queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } = Attributes;
  return Number(visible) + Number(hidden);
}

test('SQS source, more messages than one request takes, all are received and deleted', async () => {
  const { url, source } = queue('many');
  await send(
    url,
    Array.from({ length: 23 }, (_, at) => `message ${at}`),
  );
  const received: QueueMessage[] = [];
  while (received.length < 23) received.push(...(await source.receive(100, 0, signal)));
  expect(received[0]).toMatchObject({ receiveCount: 1, body: expect.stringContaining('message') });
  expect(Math.abs(Date.now() - (received[0]?.sentAt ?? 0))).toBeLessThan(60_000);
  await source.delete(received.map(({ receiptHandle }) => receiptHandle));
  expect(await depth(url)).toBe(0);
});

test('SQS source, a message sent during a wait, it is received at once', async () => {
  const { url, source } = queue('waiting');
  const waiting = source.receive(10, 15_000, signal);
  await setTimeout(100);
  await send(url, ['late']);
  expect((await waiting).map(({ body }) => body)).toEqual(['late']);
});

test('queue mapping on SQS, stopped while it waits and started again, no message goes to the wait it gave up', async () => {
  const { url, source } = queue('restarted');
  const handled = Promise.withResolvers<void>();
  const start = () =>
    startQueueMapping({
      source,
      mapping: { batchSize: 10, batchWindowMs: 0, reportFailures: true, filterPatterns: [] },
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:restarted',
      invoke: async () => handled.resolve(),
      timers: systemTimers,
      log: quietLog,
    });
  const first = start();
  await setTimeout(100);
  await first.stop();
  const second = start();
  await send(url, ['after the restart']);
  await handled.promise;
  await second.stop();
  expect(await depth(url)).toBe(0);
});

test('queue mapping on SQS, one message of a batch always fails, only it ends in the dead letters', async () => {
  const dead = queue('dead');
  const work = queue('work', {
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      maxReceiveCount: 2,
    }),
  });
  const handled: string[] = [];
  const mapping = startQueueMapping({
    source: work.source,
    mapping: { batchSize: 10, batchWindowMs: 0, reportFailures: true, filterPatterns: [] },
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:work',
    invoke: async ({ Records }) => {
      handled.push(...Records.map(({ body, attributes }) => `${body} ${attributes.ApproximateReceiveCount}`));
      const failed = Records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    },
    timers: systemTimers,
    log: quietLog,
  });
  await send(work.url, ['good', 'bad']);
  await waitUntil(
    'the dead letter',
    () => depth(dead.url),
    (count) => count === 1,
    { withinMs: 15_000 },
  );
  await mapping.stop();
  expect(handled.sort()).toEqual(['bad 1', 'bad 2', 'good 1']);
  expect(await depth(work.url)).toBe(0);
});
