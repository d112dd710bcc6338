import path from 'node:path';
import { DeleteTableCommand, DynamoDBClient, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoStore } from '#adapters/dynamodb/state-store.ts';
import { createSqsAgentChannel } from '#adapters/sqs/agent-channel.ts';
import { createSqsQueue } from '#adapters/sqs/work-queue.ts';
import type { StateStore } from '#control/ports.ts';
import type { Backend, BackendOptions } from './backend.ts';
import { type DeliverySources, deliver } from './deliver.ts';
import { createQueues } from './dynamodb/create-queues.ts';
import { createTable, STATE_TABLE } from './dynamodb/create-table.ts';
import { type StartedService, startDynamoDbLocal } from './dynamodb/start-dynamodb-local.ts';
import { startQueues } from './dynamodb/start-fauxqs.ts';
import { dynamoShardReader } from './event-source-mapping/dynamodb-shard-reader.ts';
import { dynamoStreamSource } from './event-source-mapping/dynamodb-stream-source.ts';
import { sqsQueueSource } from './event-source-mapping/sqs-queue-source.ts';
import { positionsInFile } from './event-source-mapping/stream-positions.ts';
import { systemTimers } from './event-source-mapping/system-timers.ts';
import { queueSettings, WORK_QUEUES } from './queue-settings.ts';
import { receiveFromSqs } from './sqs-channel.ts';

/** Emulators take any key; the real endpoints are never dialled, because an endpoint is always named. */
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const CHANNEL_PREFIX = 'berth-local-agent-';

/** Store and queues behind AWS's own protocols: LocalStack's when the endpoints are set, else started here. */
export async function openDynamoBackend(options: BackendOptions): Promise<Backend> {
  const given = { table: process.env['AWS_ENDPOINT_URL_DYNAMODB'], queues: process.env['AWS_ENDPOINT_URL_SQS'] };
  const started: StartedService[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((service) => service.stop()));
  };
  const start = async (endpoint: string | undefined, begin: () => Promise<StartedService>): Promise<string> => {
    if (endpoint) return endpoint;
    const service = await begin();
    started.push(service);
    return service.endpoint;
  };
  try {
    const tables = await start(given.table, () => startDynamoDbLocal(options.dataDir));
    const messages = await start(given.queues, startQueues);
    return await connect(options, { tables, messages, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Services {
  /** Endpoints of DynamoDB and of SQS. */
  readonly tables: string;
  readonly messages: string;
  stop(): Promise<void>;
}

async function connect({ dataDir, log, resources, scope }: BackendOptions, services: Services): Promise<Backend> {
  const { region, accountId } = scope;
  const client = new DynamoDBClient({ endpoint: services.tables, region, credentials: CREDENTIALS });
  const streams = new DynamoDBStreamsClient({ endpoint: services.tables, region, credentials: CREDENTIALS });
  const sqs = new SQSClient({
    endpoint: services.messages,
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
    stream: (consumer, startingPosition) =>
      dynamoStreamSource({
        reader: dynamoShardReader(streams, table.streamArn),
        streamArn: table.streamArn,
        positions: positionsInFile(path.join(dataDir, `stream-positions-${consumer}.json`), table.streamArn),
        startingPosition,
        timers: systemTimers,
      }),
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
        object: urlOf(WORK_QUEUES.object),
      },
    }),
    channel,
    channelAddress: channel.addressOf,
    receive: receiveFromSqs({ client: sqs, channel, prefix: CHANNEL_PREFIX }),
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
      await services.stop();
    },
  };
}
