import {
  GetQueueAttributesCommand,
  type SendMessageBatchCommandInput,
  type SendMessageBatchCommandOutput,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSqsQueue } from '#adapters/sqs/work-queue.ts';
import type { WorkMessage } from '#control/ports.ts';
import { startSqs } from '#test/support/fauxqs.ts';

let sqs: Awaited<ReturnType<typeof startSqs>>;
let queueUrl: string;
/** How many requests to come have their first entry refused. */
let refusals = 0;
let requests: number[] = [];
beforeAll(async () => {
  sqs = await startSqs();
  queueUrl = sqs.server.createQueue('work').queueUrl;
  // The emulator never refuses a single entry, so this stands in for the service being busy.
  sqs.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'SendMessageBatchCommand') return next(args);
        const { QueueUrl, Entries = [] } = args.input as SendMessageBatchCommandInput;
        requests.push(Entries.length);
        if (refusals === 0) return next(args);
        refusals -= 1;
        const [first, ...rest] = Entries;
        const Failed = [{ Id: first?.Id, SenderFault: false, Code: 'InternalError' }];
        const metadata = { $metadata: {}, Successful: [], Failed };
        if (rest.length === 0) return { response: {}, output: metadata };
        const { response, output } = await next({ ...args, input: { QueueUrl, Entries: rest } });
        return { response, output: { ...(output as SendMessageBatchCommandOutput), Failed } };
      },
    { step: 'initialize' },
  );
});
afterAll(() => sqs.stop());
beforeEach(() => {
  requests = [];
  refusals = 0;
});

const messages = (count: number): WorkMessage[] =>
  Array.from({ length: count }, (_, at) => ({ work: { kind: 'placement', cluster: `c${at}` } }));
const send = (count: number) =>
  createSqsQueue({
    client: sqs.client,
    queueUrls: { service: queueUrl, placement: queueUrl, capacity: queueUrl, object: queueUrl },
  }).send(messages(count));

test('SQS queue, one entry refused once, only it is sent again and every message arrives', async () => {
  refusals = 1;
  await send(5);
  expect(requests).toEqual([5, 1]);
  const { Attributes } = await sqs.client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  expect(Attributes?.['ApproximateNumberOfMessages']).toBe('5');
});

test('SQS queue, one entry refused twice, the sender learns it', async () => {
  refusals = 2;
  await expect(send(3)).rejects.toMatchObject({ name: 'Fault', code: 'Unavailable' });
});

test('SQS queue, the queue is gone, the sender learns it', async () => {
  const queue = createSqsQueue({
    client: sqs.client,
    queueUrls: {
      service: `${queueUrl}-gone`,
      placement: `${queueUrl}-gone`,
      capacity: `${queueUrl}-gone`,
      object: `${queueUrl}-gone`,
    },
  });
  await expect(queue.send(messages(1))).rejects.toMatchObject({ name: 'Fault', code: 'Unavailable' });
});
