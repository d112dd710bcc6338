import { fileURLToPath } from 'node:url';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { openMessageQueues } from '#adapters/embedded/message-queue.ts';
import { createEmbeddedQueue } from '#adapters/embedded/work-queue.ts';
import { createNoCapacity } from '#adapters/no-capacity.ts';
import { openSqliteStore } from '#adapters/sqlite/state-store.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import { timingsAt } from '#core/timings.ts';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';
import { createGateway } from '#local/gateway.ts';
import { loadFunctions } from '#local/load-functions.ts';
import { queueSettings, WORK_QUEUES } from '#local/queue-settings.ts';
import { readServiceFile } from '#local/read-service-file.ts';
import { seed } from '#local/run-stack.ts';
import { seededIds } from '#test/support/seeded-ids.ts';
import { agentExchange, HEARTBEAT_URL, JOIN_TOKEN, startLedgerAgent } from './ledger-agent.ts';
import { ledgerClient, SECRET } from './ledger-client.ts';
import { Meter } from './meter.ts';
import { meteredChannel } from './metered-channel.ts';
import { meteredFunctions } from './metered-functions.ts';
import { startMeteredMappings } from './metered-mappings.ts';
import { meteredQueue } from './metered-queue.ts';
import { meteredStore } from './metered-store.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCOPE = { accountId: '000000000000', region: 'us-east-1' };
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The functions of serverless.yml with their event sources and real agents, on a meter and in virtual time. */
export interface LedgerWorld {
  readonly meter: Meter;
  readonly time: VirtualTime;
  /** Its requests go straight to the gateway; each is billed to the operation it asks for. */
  readonly client: ECSClient;
  sweep(): Promise<void>;
  startAgent(position: number): Promise<void>;
}

/** Opens an empty cluster in memory, for the length of `use`. */
export async function withLedgerWorld<T>(use: (world: LedgerWorld) => Promise<T>): Promise<T> {
  const meter = new Meter();
  const time = virtualTime();
  const service = readServiceFile(ROOT);
  const store = openSqliteStore({ path: ':memory:', clock: time.clock, recordOnly: 'waking' });
  const queues = openMessageQueues({ path: ':memory:', queues: queueSettings(service.resources), clock: time.clock });
  const { channel, receive } = meteredChannel(meter, time);
  const deps: FunctionDependencies = {
    scope: SCOPE,
    store: meteredStore(store, meter),
    queue: meteredQueue(createEmbeddedQueue({ queues, names: WORK_QUEUES }), meter),
    channel,
    channelAddress: (instanceId) => instanceId,
    heartbeatUrl: HEARTBEAT_URL,
    capacity: createNoCapacity(),
    accessKeys: {
      find: async () => ({ secretAccessKey: SECRET, principalArn: 'arn:aws:iam::000000000000:user/b' }),
      pageTokenKey: async () => SECRET,
    },
    fleet: createFleetCache({ maxAgeMs: 1_000 }),
    clock: time.clock,
    ids: seededIds('ledger'),
    log: SILENT,
    timings: timingsAt(),
  };
  await seed(deps, 'default', JOIN_TOKEN);
  const functions = meteredFunctions(await loadFunctions(ROOT, service.functions, deps), meter, time);
  const gateway = createGateway({
    service,
    functions,
    receive,
    context: deps,
    own: new Map(),
  });
  const ending = new AbortController();
  const mappings = startMeteredMappings({ service, functions, queues, feed: store.feed, meter, time, log: SILENT });
  const exchange = agentExchange(gateway, meter, ending.signal);
  const agents: { stop(): Promise<void> }[] = [];
  try {
    return await use({
      meter,
      time,
      client: ledgerClient(gateway, meter, time),
      sweep: async () => {
        await meter.as('idle: sweep', async () => functions.get('sweeper')?.({}));
      },
      startAgent: async (position) => void agents.push(await startLedgerAgent(position, time, exchange)),
    });
  } finally {
    ending.abort();
    await Promise.all([...agents, ...mappings].map((running) => running.stop()));
    queues.close();
    store.close();
  }
}
