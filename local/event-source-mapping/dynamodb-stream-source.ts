import type { DynamoDBRecord } from 'aws-lambda';
import type { Timers } from './mapping.ts';
import type { ShardInfo, ShardPosition, ShardReader } from './shard-reader.ts';
import type { StreamPositions } from './stream-positions.ts';
import type { StreamBatch, StreamSource } from './stream-source.ts';

export interface DynamoStreamOptions {
  readonly reader: ShardReader;
  readonly streamArn: string;
  readonly positions: StreamPositions;
  /** Where a stream that was never read is begun. */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly timers: Timers;
}

interface Shard {
  readonly info: ShardInfo;
  iterator: string | undefined;
  /** Where the iterator is opened again when it expired. */
  position: ShardPosition;
  /** Read but not handled, oldest first. */
  pending: readonly DynamoDBRecord[];
  /** Nothing follows what is pending. */
  exhausted: boolean;
}

const POLL_MS = 200;
/** How often to look for shards that nothing announced; the end of a shard always announces its children. */
const LIST_MS = 10_000;

/**
 * A table's stream: each shard in its own order, a child after its parent. Shards take turns, so that a busy one cannot
 * starve the others. What was read and not checkpointed is handed out again.
 */
export function dynamoStreamSource(options: DynamoStreamOptions): StreamSource {
  const { reader, streamArn, positions, timers } = options;
  const shards = new Map<string, Shard>();
  let listAt = 0;
  let fresh = options.startingPosition === 'LATEST' && positions.isEmpty();

  const list = async (): Promise<void> => {
    const infos = await reader.list();
    const listed = new Set(infos.map(({ shardId }) => shardId));
    for (const shardId of shards.keys()) if (!listed.has(shardId)) shards.delete(shardId);
    for (const info of infos) {
      if (shards.has(info.shardId)) continue;
      const sequence = positions.load(info.shardId);
      const start: ShardPosition = fresh ? { kind: 'newest' } : { kind: 'oldest' };
      const position: ShardPosition = sequence === undefined ? start : { kind: 'after', sequence };
      // What a closed shard holds is old, whatever its newest record is.
      const exhausted = fresh && info.closed;
      shards.set(info.shardId, { info, iterator: undefined, position, pending: [], exhausted });
    }
    fresh = false;
    listAt = timers.now() + LIST_MS;
  };

  const isReadable = ({ info, pending, exhausted }: Shard): boolean => {
    if (exhausted && pending.length === 0) return false;
    const parent = info.parentId === undefined ? undefined : shards.get(info.parentId);
    return parent === undefined || (parent.exhausted && parent.pending.length === 0);
  };

  const fill = async (shard: Shard, max: number): Promise<void> => {
    const iterator = shard.iterator ?? (await open(reader, shard));
    const found = await reader.read(iterator, max - shard.pending.length);
    shard.iterator = found?.next;
    if (!found) return;
    shard.pending = [...shard.pending, ...found.records];
    const sequence = found.records.at(-1)?.dynamodb?.SequenceNumber;
    if (sequence !== undefined) shard.position = { kind: 'after', sequence };
    if (found.next !== undefined) return;
    shard.exhausted = true;
    listAt = 0;
  };

  const toBatch = (shard: Shard, max: number): StreamBatch => {
    const records = shard.pending.slice(0, max);
    const { shardId } = shard.info;
    return {
      shardId,
      records,
      checkpoint: async () => {
        const handled = records.at(-1)?.dynamodb?.SequenceNumber;
        if (handled !== undefined) positions.save(shardId, handled);
        shard.pending = shard.pending.slice(records.length);
        // The last in the map is the last to have its turn.
        shards.delete(shardId);
        shards.set(shardId, shard);
      },
    };
  };

  const look = async (max: number): Promise<StreamBatch | undefined> => {
    if (timers.now() >= listAt) await list();
    for (const shard of [...shards.values()].filter(isReadable)) {
      if (shard.pending.length < max && !shard.exhausted) await fill(shard, max);
      if (shard.pending.length > 0) return toBatch(shard, max);
    }
    return undefined;
  };

  return {
    streamArn,
    read: async (max, waitMs, signal) => {
      const deadline = timers.now() + waitMs;
      for (;;) {
        const batch = await look(max);
        const remaining = deadline - timers.now();
        if (batch || remaining <= 0 || signal.aborted) return batch;
        await timers.sleep(Math.min(POLL_MS, remaining), signal);
      }
    },
  };
}

/** Records that are no longer kept cannot be caught up on, so the shard goes on at its oldest. */
async function open(reader: ShardReader, { info, position }: Shard): Promise<string> {
  const iterator = (await reader.open(info.shardId, position)) ?? (await reader.open(info.shardId, { kind: 'oldest' }));
  if (iterator === undefined) throw new Error(`shard ${info.shardId} cannot be read`);
  return iterator;
}
