import path from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { createEmbeddedAgentChannel } from '#adapters/embedded/agent-channel.ts';
import { openMessageQueues } from '#adapters/embedded/message-queue.ts';
import { createEmbeddedQueue } from '#adapters/embedded/work-queue.ts';
import { openSqliteStore } from '#adapters/sqlite/state-store.ts';
import type { Backend, BackendOptions } from './backend.ts';
import { type DeliverySources, deliver } from './deliver.ts';
import { receiveFromEmbedded } from './embedded-channel.ts';
import { embeddedQueueSource } from './event-source-mapping/embedded-queue-source.ts';
import { feedStreamSource } from './event-source-mapping/feed-stream-source.ts';
import { systemTimers } from './event-source-mapping/system-timers.ts';
import { queueSettings, WORK_QUEUES } from './queue-settings.ts';

/** How often expired items and handled changes are removed. */
const HOUSEKEEPING_MS = 60_000;
/** Name of the stream's one consumer, under which its position is kept. */
const CONSUMER = 'on-state-change';

/** Store and queues in two files of the data directory, nothing to install. */
export async function openEmbeddedBackend({ dataDir, log, resources, scope }: BackendOptions): Promise<Backend> {
  // The stream's mapping filters for changes that ask for work, so no other change needs to be kept for it.
  const store = openSqliteStore({ path: path.join(dataDir, 'state.db'), clock: systemClock, recordOnly: 'waking' });
  const settings = queueSettings(resources);
  const queues = openMessageQueues({ path: path.join(dataDir, 'queues.db'), queues: settings, clock: systemClock });
  const channel = createEmbeddedAgentChannel();
  const housekeeping = setInterval(() => {
    store.expire(systemClock.now());
    // The one consumer never reads again what lies before its checkpoint.
    store.feed.trim(store.feed.loadCheckpoint(CONSUMER));
  }, HOUSEKEEPING_MS);
  const streamArn = `arn:aws:dynamodb:${scope.region}:${scope.accountId}:table/local/stream/local`;
  const sources: DeliverySources = {
    queue: (name) => embeddedQueueSource(queues, name, systemTimers),
    stream: (startingPosition) =>
      feedStreamSource({ feed: store.feed, consumer: CONSUMER, streamArn, startingPosition, timers: systemTimers }),
    send: async (name, body) => queues.send(name, [{ body }]),
  };
  return {
    store,
    queue: createEmbeddedQueue({ queues, names: WORK_QUEUES }),
    channel,
    channelAddress: (instanceId) => instanceId,
    receive: receiveFromEmbedded(channel),
    deliver: async (service, functions) => deliver({ service, functions, sources, scope, log }),
    reset: async () => {
      queues.purge();
      store.reset();
    },
    close: async () => {
      clearInterval(housekeeping);
      queues.close();
      store.close();
    },
  };
}
