import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { failureMessage, type StreamFailure, type StreamFailureMessage } from './failure-message.ts';
import { createInFlight } from './in-flight.ts';
import type { Mapping, MappingTools } from './mapping.ts';
import { matchesAny, requirePattern } from './matches-pattern.ts';
import { reportedFailures } from './reported-failures.ts';
import type { StreamBatch, StreamSource } from './stream-source.ts';

export interface StreamMappingConfig {
  readonly batchSize: number;
  readonly batchWindowMs: number;
  /** -1: without end. */
  readonly maximumRetryAttempts: number;
  /** Negative: records never grow too old. */
  readonly maximumRecordAgeMs: number;
  readonly bisect: boolean;
  readonly reportFailures: boolean;
  readonly filterPatterns: readonly unknown[];
}

export interface StreamMappingOptions extends MappingTools {
  readonly source: StreamSource;
  readonly mapping: StreamMappingConfig;
  readonly functionArn: string;
  readonly invoke: (event: DynamoDBStreamEvent) => Promise<unknown>;
  /** Takes what was given up. */
  readonly onFailure?: (message: StreamFailureMessage) => Promise<void>;
}

interface Delivery {
  readonly records: readonly DynamoDBRecord[];
  readonly attempts: number;
}

type Outcome = { readonly failedFrom: number; readonly functionError: 'Unhandled' | null };

const WAIT_MS = 1_000;
const BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 10_000;

/** Feeds a function from a stream as Lambda does: in order, each batch until it succeeds or is given up. */
export function startStreamMapping(options: StreamMappingOptions): Mapping {
  const { source, mapping, timers, log } = options;
  const ending = new AbortController();
  const inFlight = createInFlight();
  mapping.filterPatterns.forEach(requirePattern);

  const handle = async (batch: StreamBatch): Promise<void> => {
    try {
      if (await deliver(options, batch, ending.signal)) await batch.checkpoint();
    } catch (error) {
      log.error('stream batch comes again', { shardId: batch.shardId, error });
      await timers.sleep(WAIT_MS, ending.signal);
    }
  };
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        const batch = await gather(source, mapping, timers, ending.signal);
        if (batch) inFlight.add(handle(batch));
        await inFlight.none();
      } catch (error) {
        log.error('stream cannot be read', { error });
        await timers.sleep(WAIT_MS, ending.signal);
      }
    }
  };
  const running = run();

  return {
    idle: () => inFlight.none(),
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}

/** A batch that is not full is read once more when the window is over. */
async function gather(
  source: StreamSource,
  { batchSize, batchWindowMs }: StreamMappingConfig,
  timers: MappingTools['timers'],
  signal: AbortSignal,
): Promise<StreamBatch | undefined> {
  const batch = await source.read(batchSize, WAIT_MS, signal);
  if (!batch || batch.records.length >= batchSize || batchWindowMs === 0) return batch;
  await timers.sleep(batchWindowMs, signal);
  return source.read(batchSize, 0, signal);
}

/** Invariant: false means the mapping was stopped before the batch was through, so it must be read again. */
async function deliver(options: StreamMappingOptions, batch: StreamBatch, signal: AbortSignal): Promise<boolean> {
  const { mapping, timers } = options;
  const wanted = batch.records.filter((record) => matchesAny(mapping.filterPatterns, record));
  const deliveries: Delivery[] = [{ records: wanted, attempts: 0 }];
  for (let next = deliveries.shift(); next; next = deliveries.shift()) {
    if (signal.aborted) return false;
    const records = await withoutExpired(options, batch, next);
    if (records.length === 0) continue;
    const outcome = await invokeOn(options, records);
    const rest = records.slice(outcome.failedFrom);
    if (rest.length === 0) continue;
    // What a function got through is behind it: the rest starts over as a batch of its own.
    const attempts = outcome.failedFrom > 0 ? 0 : next.attempts + 1;
    if (mapping.bisect && rest.length > 1 && attempts > 0) {
      // Halving uses up no attempt.
      deliveries.unshift(...halves(rest).map((half) => ({ records: half, attempts: next.attempts })));
    } else if (mapping.maximumRetryAttempts >= 0 && attempts > mapping.maximumRetryAttempts) {
      const { functionError } = outcome;
      const condition = 'RetryAttemptsExhausted';
      await giveUp(options, batch, { condition, invokeCount: attempts, functionError, records: rest });
      continue;
    } else {
      deliveries.unshift({ records: rest, attempts });
    }
    await timers.sleep(Math.min(BACKOFF_MS * 2 ** attempts, MAX_BACKOFF_MS), signal);
  }
  return true;
}

function halves(records: readonly DynamoDBRecord[]): readonly (readonly DynamoDBRecord[])[] {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)];
}

async function withoutExpired(
  options: StreamMappingOptions,
  batch: StreamBatch,
  { records, attempts }: Delivery,
): Promise<readonly DynamoDBRecord[]> {
  const { maximumRecordAgeMs } = options.mapping;
  if (maximumRecordAgeMs < 0) return records;
  const oldest = options.timers.now() - maximumRecordAgeMs;
  const isExpired = (record: DynamoDBRecord): boolean =>
    (record.dynamodb?.ApproximateCreationDateTime ?? Number.POSITIVE_INFINITY) * 1_000 < oldest;
  const expired = records.filter(isExpired);
  if (expired.length === 0) return records;
  await giveUp(options, batch, {
    condition: 'RecordAgeExceeded',
    // AWS counts one even for records that were too old before any invocation.
    invokeCount: Math.max(attempts, 1),
    records: expired,
  });
  return records.filter((record) => !isExpired(record));
}

async function invokeOn(options: StreamMappingOptions, records: readonly DynamoDBRecord[]): Promise<Outcome> {
  const { invoke, mapping, log } = options;
  try {
    const answer = await invoke({ Records: [...records] });
    if (!mapping.reportFailures) return { failedFrom: records.length, functionError: null };
    const ids = records.map((record) => record.dynamodb?.SequenceNumber ?? '');
    const reported = reportedFailures(answer, new Set(ids));
    if (reported.kind === 'all') return { failedFrom: 0, functionError: null };
    const first = ids.findIndex((id) => reported.ids.has(id));
    return { failedFrom: first === -1 ? records.length : first, functionError: null };
  } catch (error) {
    log.warn('function failed on a batch', { records: records.length, error });
    return { failedFrom: 0, functionError: 'Unhandled' };
  }
}

async function giveUp(options: StreamMappingOptions, batch: StreamBatch, failure: StreamFailure): Promise<void> {
  const { functionArn, source, timers, log } = options;
  const place = { functionArn, streamArn: source.streamArn, shardId: batch.shardId };
  log.error('stream records are given up', { condition: failure.condition, records: failure.records.length });
  await options.onFailure?.(failureMessage(failure, place, timers.now()));
}
