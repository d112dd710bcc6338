import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import type { Log } from '#control/ports.ts';
import type { Scope } from '#core/model/scope.ts';
import type { Deliveries } from './backend.ts';
import type { Mapping } from './event-source-mapping/mapping.ts';
import { startQueueMapping } from './event-source-mapping/queue-mapping.ts';
import type { QueueSource } from './event-source-mapping/queue-source.ts';
import { startStreamMapping } from './event-source-mapping/stream-mapping.ts';
import type { StreamSource } from './event-source-mapping/stream-source.ts';
import { systemTimers } from './event-source-mapping/system-timers.ts';
import type { Invoke } from './load-functions.ts';
import type { QueueEventSpec, ServiceFile, StreamEventSpec } from './service-file.ts';

/** Where the mappings of serverless.yml read, by logical id. */
export interface DeliverySources {
  queue(name: string): QueueSource;
  /** The stream as `consumer`, who keeps a position of its own, reads it. */
  stream(consumer: string, startingPosition: StreamEventSpec['startingPosition']): StreamSource;
  /** Sends one message to a queue: what a stream mapping gave up. */
  send(queue: string, body: string): Promise<void>;
}

export interface DeliverOptions {
  readonly service: ServiceFile;
  readonly functions: ReadonlyMap<string, Invoke>;
  readonly sources: DeliverySources;
  readonly scope: Scope;
  readonly log: Log;
}

/** Starts every event-source mapping of serverless.yml. */
export function deliver({ service, functions, sources, scope, log }: DeliverOptions): Deliveries {
  const arn = (name: string, resource: string): string =>
    `arn:aws:${name}:${scope.region}:${scope.accountId}:${resource}`;
  const tools = { timers: systemTimers, log };

  const fromQueue = (mapping: QueueEventSpec, invoke: Invoke): Mapping =>
    startQueueMapping({
      ...tools,
      mapping,
      source: sources.queue(mapping.queue),
      queueArn: arn('sqs', mapping.queue),
      invoke: (event: SQSEvent) => invoke(event),
    });

  const fromStream = (mapping: StreamEventSpec, name: string, invoke: Invoke): Mapping => {
    const { onFailure } = mapping;
    return startStreamMapping({
      ...tools,
      mapping,
      source: sources.stream(name, mapping.startingPosition),
      functionArn: arn('lambda', `function:${name}`),
      invoke: (event: DynamoDBStreamEvent) => invoke(event),
      ...(onFailure !== undefined && { onFailure: (message) => sources.send(onFailure, JSON.stringify(message)) }),
    });
  };

  const mappings = service.functions.flatMap(({ name, events }) => {
    const invoke = functions.get(name);
    if (!invoke) throw new Error(`function ${name} was not loaded`);
    return events.flatMap((event) => {
      if (event.kind === 'queue') return [fromQueue(event, invoke)];
      return event.kind === 'stream' && event.isEnabled ? [fromStream(event, name, invoke)] : [];
    });
  });
  return {
    stop: async () => {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
    },
  };
}
