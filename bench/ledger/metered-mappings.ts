import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import type { MessageQueues } from '#adapters/embedded/message-queue.ts';
import type { ChangeFeed } from '#adapters/sqlite/change-feed.ts';
import type { Log } from '#control/ports.ts';
import { embeddedQueueSource } from '#local/event-source-mapping/embedded-queue-source.ts';
import { feedStreamSource } from '#local/event-source-mapping/feed-stream-source.ts';
import type { Mapping } from '#local/event-source-mapping/mapping.ts';
import { startQueueMapping } from '#local/event-source-mapping/queue-mapping.ts';
import type { QueueSource } from '#local/event-source-mapping/queue-source.ts';
import { startStreamMapping } from '#local/event-source-mapping/stream-mapping.ts';
import type { StreamSource } from '#local/event-source-mapping/stream-source.ts';
import type { Invoke } from '#local/load-functions.ts';
import type { ServiceFile, StreamEventSpec } from '#local/service-file.ts';
import type { Meter } from './meter.ts';
import { QUEUE_BATCH } from './metered-queue.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Lambda polls a shard four times a second, so what is committed in between arrives together. */
const STREAM_POLL_MS = 250;

export interface MappingWorld {
  readonly service: ServiceFile;
  readonly functions: ReadonlyMap<string, Invoke>;
  readonly queues: MessageQueues;
  readonly feed: ChangeFeed;
  readonly meter: Meter;
  readonly time: VirtualTime;
  readonly log: Log;
}

/** The event sources of serverless.yml with AWS's pace of delivery; reading the stream is free, queues are not. */
export function startMeteredMappings(world: MappingWorld): readonly Mapping[] {
  const { service, functions, time, log } = world;
  const tools = { timers: time.mappingTimers, log };
  return service.functions.flatMap(({ name, events }) => {
    const invoke = functions.get(name);
    if (!invoke) throw new Error(`function ${name} was not loaded`);
    return events.flatMap((event): readonly Mapping[] => {
      switch (event.kind) {
        case 'queue':
          return [
            startQueueMapping({
              ...tools,
              mapping: event,
              source: meteredSource(world, event.queue),
              queueArn: `arn:aws:sqs:us-east-1:000000000000:${event.queue}`,
              invoke: (batch: SQSEvent) => invoke(batch),
            }),
          ];
        case 'stream':
          // Off by default in a deployment, whose bill this is.
          if (!event.isEnabled) return [];
          return [
            startStreamMapping({
              ...tools,
              mapping: event,
              source: pacedStream(world, event),
              functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
              invoke: (batch: DynamoDBStreamEvent) => invoke(batch),
            }),
          ];
        case 'http':
        case 'schedule':
        case 'websocket':
          return [];
        default:
          return event satisfies never;
      }
    });
  });
}

/** Receives that find something; the empty long polls of Lambda's pollers are a standing cost, noted apart. */
function meteredSource({ queues, meter, time }: MappingWorld, queue: string): QueueSource {
  const inner = embeddedQueueSource(queues, queue, time.mappingTimers);
  const bill = (detail: string, messages: number): void => {
    if (messages === 0) return;
    const requests = Math.ceil(messages / QUEUE_BATCH);
    meter.as(`delivery from ${queue}`, () => meter.add('queueRequests', requests, detail));
  };
  return {
    receive: async (max, waitMs, signal) => {
      const messages = await inner.receive(max, waitMs, signal);
      bill('receive', messages.length);
      return messages;
    },
    delete: async (receiptHandles) => {
      bill('delete', receiptHandles.length);
      await inner.delete(receiptHandles);
    },
  };
}

function pacedStream({ feed, time }: MappingWorld, { startingPosition }: StreamEventSpec): StreamSource {
  const timers = time.mappingTimers;
  const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/ledger/stream/ledger';
  const inner = feedStreamSource({ feed, consumer: 'ledger', streamArn, startingPosition, timers });
  return {
    streamArn: inner.streamArn,
    read: async (max, waitMs, signal) => {
      await timers.sleep(STREAM_POLL_MS, signal);
      return inner.read(max, Math.max(0, waitMs - STREAM_POLL_MS), signal);
    },
  };
}
