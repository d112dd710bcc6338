import { setTimeout } from 'node:timers/promises';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { createSqsQueue } from '#adapters/sqs/work-queue.ts';
import { startSqs } from '#test/support/fauxqs.ts';
import { workQueueContract } from './work-queue.case.ts';

workQueueContract(async () => {
  const { server, client, stop } = await startSqs();
  const { queueUrl } = server.createQueue('work');
  const receive = async (): Promise<string[]> => {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await client.send(command);
    return Messages.length === 0 ? [] : [...Messages.map(({ Body = '' }) => Body), ...(await receive())];
  };
  return {
    queue: createSqsQueue({
      client,
      queueUrls: { service: queueUrl, placement: queueUrl, capacity: queueUrl, object: queueUrl },
    }),
    receive,
    pass: (ms) => setTimeout(ms),
    stop,
  };
});
