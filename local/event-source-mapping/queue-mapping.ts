import { createHash } from 'node:crypto';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { QueueMessage } from '#adapters/embedded/message-queue.ts';
import { createInFlight } from './in-flight.ts';
import type { Mapping, MappingTools } from './mapping.ts';
import { matchesAny, requirePattern } from './matches-pattern.ts';
import type { QueueSource } from './queue-source.ts';
import { reportedFailures } from './reported-failures.ts';

export interface QueueMappingConfig {
  readonly batchSize: number;
  readonly batchWindowMs: number;
  readonly maximumConcurrency?: number;
  readonly reportFailures: boolean;
  readonly filterPatterns: readonly unknown[];
}

export interface QueueMappingOptions extends MappingTools {
  readonly source: QueueSource;
  readonly mapping: QueueMappingConfig;
  readonly queueArn: string;
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
}

const WAIT_MS = 20_000;
const ERROR_PAUSE_MS = 1_000;
/** Lambda starts with five pollers of a queue. */
const DEFAULT_CONCURRENCY = 5;

/** Feeds a function from a queue as Lambda does: what failed is left to the queue's visibility timeout. */
export function startQueueMapping(options: QueueMappingOptions): Mapping {
  const { mapping, timers, log } = options;
  const ending = new AbortController();
  const running = createInFlight();
  mapping.filterPatterns.forEach(requirePattern);

  const poll = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      if (running.size >= (mapping.maximumConcurrency ?? DEFAULT_CONCURRENCY)) {
        await running.oneLess();
        continue;
      }
      try {
        const messages = await gather(options, ending.signal);
        if (messages.length === 0) continue;
        running.add(handle(options, messages));
      } catch (error) {
        if (ending.signal.aborted) return;
        log.error('queue cannot be read', { error });
        await timers.sleep(ERROR_PAUSE_MS, ending.signal);
      }
    }
  };
  const polling = poll();

  return {
    idle: () => running.none(),
    stop: async () => {
      ending.abort();
      await polling;
      await running.none();
    },
  };
}

async function gather({ source, mapping, timers }: QueueMappingOptions, signal: AbortSignal): Promise<QueueMessage[]> {
  const { batchSize, batchWindowMs } = mapping;
  const messages = [...(await source.receive(batchSize, WAIT_MS, signal))];
  const deadline = timers.now() + batchWindowMs;
  while (messages.length > 0 && messages.length < batchSize && timers.now() < deadline && !signal.aborted) {
    messages.push(...(await source.receive(batchSize - messages.length, deadline - timers.now(), signal)));
  }
  return messages;
}

async function handle(options: QueueMappingOptions, messages: readonly QueueMessage[]): Promise<void> {
  const { source, mapping, queueArn, log } = options;
  try {
    const records = messages.map((message) => toRecord(message, queueArn));
    const wanted = records.filter((record) => matchesAny(mapping.filterPatterns, toFiltered(record)));
    const failed = wanted.length === 0 ? new Set<string>() : await failuresOf(options, wanted);
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    if (done.length > 0) await source.delete(done.map(({ receiptHandle }) => receiptHandle));
  } catch (error) {
    log.error('batch is left to the queue', { queueArn, error });
  }
}

async function failuresOf(
  { mapping, invoke, log, queueArn }: QueueMappingOptions,
  records: SQSRecord[],
): Promise<ReadonlySet<string>> {
  const ids = new Set(records.map(({ messageId }) => messageId));
  try {
    const answer = await invoke({ Records: records });
    if (!mapping.reportFailures) return new Set();
    const reported = reportedFailures(answer, ids);
    return reported.kind === 'all' ? ids : reported.ids;
  } catch (error) {
    log.warn('function failed on a batch', { queueArn, records: records.length, error });
    return ids;
  }
}

const toRecord = (message: QueueMessage, queueArn: string): SQSRecord => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  },
  messageAttributes: {},
  md5OfBody: createHash('md5').update(message.body).digest('hex'),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: queueArn.split(':')[3] ?? '',
});

/** Patterns look inside a body that is JSON, and see any other body as text. */
function toFiltered(record: SQSRecord): unknown {
  try {
    return { ...record, body: JSON.parse(record.body) as unknown };
  } catch {
    return record;
  }
}
