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
/** What changes of become events, whether they ask for work or not. */
const EVENT_KINDS = ['task', 'observation', 'reservation'];

/** Store and queues in two files of the data directory, nothing to install. */
export async function openEmbeddedBackend({ dataDir, log, resources, scope }: BackendOptions): Promise<Backend> {
  // The stream's mappings filter for changes that ask for work or become events, so no other change needs to be kept.
  const recordOnly = { kinds: EVENT_KINDS };
  const store = openSqliteStore({ path: path.join(dataDir, 'state.db'), clock: systemClock, recordOnly });
  const settings = queueSettings(resources);
  const queues = openMessageQueues({ path: path.join(dataDir, 'queues.db'), queues: settings, clock: systemClock });
  const channel = createEmbeddedAgentChannel();
  const consumers = new Set<string>();
  const housekeeping = setInterval(() => {
    store.expire(systemClock.now());
    // No consumer reads again what lies before its checkpoint.
    const handled = [...consumers].map((consumer) => store.feed.loadCheckpoint(consumer));
    if (handled.length > 0) store.feed.trim(Math.min(...handled));
  }, HOUSEKEEPING_MS);
  const streamArn = `arn:aws:dynamodb:${scope.region}:${scope.accountId}:table/local/stream/local`;
  const sources: DeliverySources = {
    queue: (name) => embeddedQueueSource(queues, name, systemTimers),
    stream: (consumer, startingPosition) => {
      consumers.add(consumer);
      return feedStreamSource({ feed: store.feed, consumer, streamArn, startingPosition, timers: systemTimers });
    },
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
