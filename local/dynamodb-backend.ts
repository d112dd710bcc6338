import { DeleteTableCommand, DynamoDBClient, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { PurgeQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoStore } from '#adapters/dynamodb/state-store.ts';
import { createSqsAgentChannel } from '#adapters/sqs/agent-channel.ts';
import { createSqsQueue } from '#adapters/sqs/work-queue.ts';
import type { StateStore } from '#control/ports.ts';
import type { Backend } from './backend.ts';
import { type DeliverySources, deliver } from './deliver.ts';
import { createQueues } from './dynamodb/create-queues.ts';
import { createTable, STATE_TABLE } from './dynamodb/create-table.ts';
import { startDynamoDbLocal } from './dynamodb/start-dynamodb-local.ts';
import { startQueues } from './dynamodb/start-fauxqs.ts';
import { dynamoStreamSource } from './event-source-mapping/dynamodb-stream-source.ts';
import { sqsQueueSource } from './event-source-mapping/sqs-queue-source.ts';
import { systemTimers } from './event-source-mapping/system-timers.ts';
import type { ReceiveFromChannel } from './gateway.ts';
import type { BackendOptions } from './open-backend.ts';
import { queueSettings, WORK_QUEUES } from './queue-settings.ts';

/** Emulators take any key; the real endpoints are never dialled, because an endpoint is always named. */
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const CHANNEL_PREFIX = 'berth-local-agent-';

/** Store and queues behind AWS's own protocols: LocalStack's when the endpoints are set, else started here. */
export async function openDynamoBackend({ dataDir, log, resources, scope }: BackendOptions): Promise<Backend> {
  const { region, accountId } = scope;
  const given = { table: process.env['AWS_ENDPOINT_URL_DYNAMODB'], queues: process.env['AWS_ENDPOINT_URL_SQS'] };
  const tables = given.table ? external(given.table) : await startDynamoDbLocal(dataDir);
  const messages = given.queues ? external(given.queues) : await startQueues();

  const client = new DynamoDBClient({ endpoint: tables.endpoint, region, credentials: CREDENTIALS });
  const streams = new DynamoDBStreamsClient({ endpoint: tables.endpoint, region, credentials: CREDENTIALS });
  const sqs = new SQSClient({
    endpoint: messages.endpoint,
    region,
    credentials: CREDENTIALS,
    // A queue's address names a host that only AWS has.
    useQueueUrlAsEndpoint: false,
  });
  let table = await createTable(client, resources['StateTable']);
  const urls = await createQueues(sqs, queueSettings(resources));
  const urlOf = (name: string): string => {
    const url = urls.get(name);
    if (url === undefined) throw new Error(`infra/queues.yml defines no queue ${name}`);
    return url;
  };
  const channel = createSqsAgentChannel({ client: sqs, prefix: CHANNEL_PREFIX, region, accountId, log });
  const store: StateStore = createDynamoStore({ client, table: STATE_TABLE });
  const sources: DeliverySources = {
    queue: (name) => sqsQueueSource({ client: sqs, queueUrl: urlOf(name) }),
    stream: () => dynamoStreamSource({ client: streams, streamArn: table.streamArn, timers: systemTimers }),
    send: async (name, body) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody: body }));
    },
  };
  return {
    store,
    queue: createSqsQueue({
      client: sqs,
      queueUrls: {
        service: urlOf(WORK_QUEUES.service),
        placement: urlOf(WORK_QUEUES.placement),
        capacity: urlOf(WORK_QUEUES.capacity),
      },
    }),
    channel,
    channelAddress: channel.addressOf,
    receive: receiveFromSqs(sqs),
    deliver: async (service, functions) => deliver({ service, functions, sources, scope, log }),
    reset: async () => {
      for (const QueueUrl of urls.values()) await sqs.send(new PurgeQueueCommand({ QueueUrl }));
      await client.send(new DeleteTableCommand({ TableName: STATE_TABLE }));
      await waitUntilTableNotExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: STATE_TABLE });
      table = await createTable(client, resources['StateTable']);
    },
    close: async () => {
      client.destroy();
      streams.destroy();
      sqs.destroy();
      await Promise.all([tables.stop(), messages.stop()]);
    },
  };
}

const external = (endpoint: string) => ({ endpoint, stop: async () => {} });

const receiveFromSqs =
  (client: SQSClient): ReceiveFromChannel =>
  async (queueUrl, { waitMs, maxMessages, signal }) => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: maxMessages,
      WaitTimeSeconds: waitMs / 1_000,
    });
    const { Messages = [] } = await client.send(command, { abortSignal: signal });
    return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
    }));
  };
