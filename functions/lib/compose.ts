import { systemClock } from '#adapters/clock.ts';
import { systemIds } from '#adapters/ids.ts';
import { createLog } from '#adapters/log.ts';
import { createNoCapacity } from '#adapters/no-capacity.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import type { SessionSockets } from '#control/ports.ts';
import { timingsAt } from '#core/timings.ts';
import { readEnvironment } from './environment.ts';
import type { FunctionDependencies } from './function-dependencies.ts';

/** How old a cluster's instances may be when placement decides on them; the commit checks each decision. */
const FLEET_MAX_AGE_MS = 1_000;
const HOUR_MS = 3_600_000;

/**
 * Dependencies of the functions on AWS, from the environment; made once per cold start.
 * The AWS adapters are imported here and not above, so that whoever wires a function otherwise never loads them.
 */
export async function dependencies(): Promise<FunctionDependencies> {
  const environment = readEnvironment(process.env);
  const [{ DynamoDBClient }, { SQSClient }, { SSMClient }, dynamodb, queue, channel, ssm] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/client-sqs'),
    import('@aws-sdk/client-ssm'),
    import('#adapters/dynamodb/state-store.ts'),
    import('#adapters/sqs/work-queue.ts'),
    import('#adapters/sqs/agent-channel.ts'),
    import('#adapters/ssm/access-keys.ts'),
  ]);
  const { AWS_REGION: region, BERTH_ACCOUNT_ID: accountId } = environment;
  const sqs = new SQSClient({});
  const agentChannel = channel.createSqsAgentChannel({
    client: sqs,
    prefix: environment.BERTH_CHANNEL_PREFIX,
    region,
    accountId,
  });
  return {
    scope: { accountId, region },
    store: dynamodb.createDynamoStore({ client: new DynamoDBClient({}), table: environment.BERTH_TABLE }),
    queue: queue.createSqsQueue({
      client: sqs,
      queueUrls: {
        service: environment.BERTH_QUEUE_SERVICE,
        placement: environment.BERTH_QUEUE_PLACEMENT,
        capacity: environment.BERTH_QUEUE_CAPACITY,
        object: environment.BERTH_QUEUE_OBJECT,
      },
    }),
    channel: agentChannel,
    channelAddress: agentChannel.addressOf,
    ...(environment.BERTH_SOCKET_URL !== undefined && { sockets: await socketsAt(environment.BERTH_SOCKET_URL) }),
    ...(environment.BERTH_HEARTBEAT_URL !== undefined && { heartbeatUrl: environment.BERTH_HEARTBEAT_URL }),
    ...(environment.BERTH_KUBE_URL !== undefined && {
      kubeAddress: { endpoint: environment.BERTH_KUBE_URL.replace(/\/$/, '') },
    }),
    capacity: createNoCapacity(),
    accessKeys: ssm.createSsmAccessKeys({
      client: new SSMClient({}),
      path: environment.BERTH_ACCESS_KEYS_PATH,
      clock: systemClock,
      newSecret: () => systemIds.hex(64),
    }),
    fleet: createFleetCache({ maxAgeMs: FLEET_MAX_AGE_MS }),
    clock: systemClock,
    ids: systemIds,
    log: createLog('berth', environment.BERTH_LOG_LEVEL),
    timings: timingsAt(1, {
      stoppedRetention: environment.BERTH_STOPPED_RETENTION_HOURS * HOUR_MS,
      eventRetention: environment.BERTH_EVENT_RETENTION_HOURS * HOUR_MS,
    }),
  };
}

/** The address clients connect to is also the one they are written to, over HTTPS. Few functions need either. */
async function socketsAt(url: string): Promise<SessionSockets> {
  const [{ ApiGatewayManagementApiClient }, { createApiGatewaySockets }] = await Promise.all([
    import('@aws-sdk/client-apigatewaymanagementapi'),
    import('#adapters/api-gateway/session-sockets.ts'),
  ]);
  return createApiGatewaySockets(new ApiGatewayManagementApiClient({ endpoint: url.replace(/^wss:/, 'https:') }), url);
}
