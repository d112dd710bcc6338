import path from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { createEmbeddedAgentChannel } from '#adapters/embedded/agent-channel.ts';
import { openMessageQueues } from '#adapters/embedded/message-queue.ts';
import { createEmbeddedQueue } from '#adapters/embedded/work-queue.ts';
import { openSqliteStore } from '#adapters/sqlite/state-store.ts';
import type { Backend } from './backend.ts';
import { receiveFromEmbedded } from './embedded-channel.ts';
import { deliverEmbedded } from './embedded-deliveries.ts';
import type { BackendOptions } from './open-backend.ts';
import { queueSettings, WORK_QUEUES } from './queue-settings.ts';

/** How often expired items are removed; DynamoDB itself promises days. */
const EXPIRE_EVERY_MS = 60_000;

/** Store and queues in two files of the data directory, nothing to install. */
export async function openEmbeddedBackend({ dataDir, log, resources }: BackendOptions): Promise<Backend> {
  const store = openSqliteStore({ path: path.join(dataDir, 'state.db'), clock: systemClock });
  const settings = queueSettings(resources);
  const queues = openMessageQueues({ path: path.join(dataDir, 'queues.db'), queues: settings, clock: systemClock });
  const channel = createEmbeddedAgentChannel();
  const expiry = setInterval(() => store.expire(systemClock.now()), EXPIRE_EVERY_MS);
  return {
    store,
    queue: createEmbeddedQueue({ queues, names: WORK_QUEUES }),
    channel,
    channelAddress: (instanceId) => instanceId,
    receive: receiveFromEmbedded(channel),
    deliver: async (service, functions) => deliverEmbedded({ feed: store.feed, queues, service, functions, log }),
    reset: async () => {
      queues.purge();
      store.reset();
    },
    close: async () => {
      clearInterval(expiry);
      queues.close();
      store.close();
    },
  };
}
