import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { failureMessage, type StreamFailure, type StreamFailureMessage } from './failure-message.ts';
import type { Mapping, MappingTools } from './mapping.ts';
import { matchesAny } from './matches-pattern.ts';
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

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        const batch = await gather(source, mapping, options.timers, ending.signal);
        if (batch && (await deliver(options, batch, ending.signal))) await batch.checkpoint();
      } catch (error) {
        log.error('stream cannot be read', { error });
        await timers.sleep(WAIT_MS, ending.signal);
      }
    }
  };
  const running = run();

  return {
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
  const deliveries: Delivery[] = wanted.length > 0 ? [{ records: wanted, attempts: 0 }] : [];
  for (let next = deliveries.shift(); next; next = deliveries.shift()) {
    if (signal.aborted) return false;
    const { attempts } = next;
    const records = await withoutExpired(options, batch, next);
    if (records.length === 0) continue;
    const outcome = await invokeOn(options, records);
    const rest = records.slice(outcome.failedFrom);
    if (rest.length === 0) continue;
    const again = { records: rest, attempts: attempts + 1 };
    if (mapping.bisect && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      deliveries.unshift(
        { ...again, records: rest.slice(0, middle), attempts },
        { ...again, records: rest.slice(middle), attempts },
      );
    } else if (mapping.maximumRetryAttempts >= 0 && attempts >= mapping.maximumRetryAttempts) {
      await giveUp(options, batch, {
        condition: 'RetryAttemptsExhausted',
        invokeCount: again.attempts,
        functionError: outcome.functionError,
        records: rest,
      });
      continue;
    } else {
      deliveries.unshift(again);
    }
    await timers.sleep(Math.min(BACKOFF_MS * 2 ** attempts, MAX_BACKOFF_MS), signal);
  }
  return true;
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
    invokeCount: attempts,
    functionError: null,
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
