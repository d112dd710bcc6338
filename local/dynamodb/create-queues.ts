import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueSettings } from '#adapters/embedded/message-queue.ts';

/** Creates the queues that are not there yet; answers their addresses by name. */
export async function createQueues(
  client: SQSClient,
  queues: readonly QueueSettings[],
): Promise<ReadonlyMap<string, string>> {
  const addresses = new Map<string, string>();
  // A queue can only name a dead-letter queue that exists, and dead-letter queues name none.
  const ordered = [...queues].sort(
    (left, right) => Number(left.redrive !== undefined) - Number(right.redrive !== undefined),
  );
  for (const { name, visibilityMs, redrive } of ordered) {
    const target = redrive && (await arnOf(client, addresses.get(redrive.deadLetterQueue) ?? ''));
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({
        QueueName: `berth-local-${name}`,
        Attributes: {
          VisibilityTimeout: String(visibilityMs / 1_000),
          ...(redrive && {
            RedrivePolicy: JSON.stringify({ deadLetterTargetArn: target, maxReceiveCount: redrive.maxReceiveCount }),
          }),
        },
      }),
    );
    if (QueueUrl) addresses.set(name, QueueUrl);
  }
  return addresses;
}

async function arnOf(client: SQSClient, queueUrl: string): Promise<string | undefined> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.['QueueArn'];
}
