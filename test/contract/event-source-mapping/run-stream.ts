import type { DynamoDBRecord } from 'aws-lambda';
import type { StreamFailureMessage } from '#local/event-source-mapping/failure-message.ts';
import type { Timers } from '#local/event-source-mapping/mapping.ts';
import { type StreamMappingConfig, startStreamMapping } from '#local/event-source-mapping/stream-mapping.ts';
import type { StreamSource } from '#local/event-source-mapping/stream-source.ts';
import { quietLog } from './quiet-log.ts';

export interface StreamRunOptions {
  readonly records: readonly DynamoDBRecord[];
  readonly mapping: Partial<StreamMappingConfig>;
  /** Answers for a batch, given the sequence numbers of its records. */
  readonly answer: (sequences: readonly string[]) => unknown;
  readonly onFailure?: (message: StreamFailureMessage) => Promise<void>;
  readonly timers?: Timers;
}

export interface StreamRun {
  /** Sequence numbers of the records of each invocation. */
  readonly invocations: readonly (readonly string[])[];
  /** What was given up. */
  readonly given: readonly StreamFailureMessage[];
}

const MAPPING: StreamMappingConfig = {
  batchSize: 100,
  batchWindowMs: 0,
  maximumRetryAttempts: 3,
  maximumRecordAgeMs: -1,
  bisect: false,
  reportFailures: true,
  filterPatterns: [],
};

/** Time that passes only while somebody sleeps. */
export function steppedTimers(start = 0): Timers {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
}

/** Runs a mapping until all the records are behind its checkpoint. */
export async function runStream({ records, mapping, answer, ...options }: StreamRunOptions): Promise<StreamRun> {
  const invocations: (readonly string[])[] = [];
  const given: StreamFailureMessage[] = [];
  const through = Promise.withResolvers<void>();
  const running = startStreamMapping({
    source: sourceOf(records, through.resolve),
    mapping: { ...MAPPING, ...mapping },
    functionArn: 'function',
    invoke: async ({ Records }) => {
      const sequences = Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
      invocations.push(sequences);
      return answer(sequences);
    },
    onFailure: async (message) => {
      await options.onFailure?.(message);
      given.push(message);
    },
    timers: options.timers ?? steppedTimers(),
    log: quietLog,
  });
  await through.promise;
  await running.stop();
  return { invocations, given };
}

/** One shard in memory. */
function sourceOf(records: readonly DynamoDBRecord[], through: () => void): StreamSource {
  let handled = 0;
  return {
    streamArn: 'stream',
    read: async (max, waitMs, signal) => {
      const batch = records.slice(handled, handled + max);
      if (batch.length === 0 && waitMs > 0) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      if (batch.length === 0) return undefined;
      const checkpoint = async (): Promise<void> => {
        handled += batch.length;
        if (handled === records.length) through();
      };
      return { shardId: 'shard', records: batch, checkpoint };
    },
  };
}
