import type { DynamoDBRecord } from 'aws-lambda';
import type { ShardReader } from '#local/event-source-mapping/shard-reader.ts';

interface FakeShard {
  readonly parentId?: string;
  closed: boolean;
  readonly sequences: string[];
}

export interface FakeShards extends ShardReader {
  readonly shards: Map<string, FakeShard>;
  /** Makes every iterator handed out so far expire. */
  expire(): void;
}

export const record = (sequence: string): DynamoDBRecord => ({ dynamodb: { SequenceNumber: sequence } });

/** A stream in memory. An iterator names its generation, its shard and how many records lie before it. */
export function fakeShards(shards: Readonly<Record<string, FakeShard>>): FakeShards {
  const all = new Map(Object.entries(shards));
  const shardOf = (shardId: string): FakeShard => {
    const shard = all.get(shardId);
    if (!shard) throw new Error(`no shard ${shardId}`);
    return shard;
  };
  let generation = 0;
  return {
    shards: all,
    expire: () => {
      generation += 1;
    },
    list: async () =>
      [...all].map(([shardId, { parentId, closed }]) => ({
        shardId,
        closed,
        ...(parentId !== undefined && { parentId }),
      })),
    open: async (shardId, position) => {
      const { sequences } = shardOf(shardId);
      if (position.kind === 'oldest') return `${generation}/${shardId}/0`;
      if (position.kind === 'newest') return `${generation}/${shardId}/${sequences.length}`;
      const at = sequences.indexOf(position.sequence);
      return at === -1 ? undefined : `${generation}/${shardId}/${at + 1}`;
    },
    read: async (iterator, max) => {
      const [made, shardId = '', at] = iterator.split('/');
      if (Number(made) !== generation) return undefined;
      const { sequences, closed } = shardOf(shardId);
      const records = sequences.slice(Number(at), Number(at) + max).map(record);
      const next = Number(at) + records.length;
      if (closed && next === sequences.length) return { records };
      return { records, next: `${generation}/${shardId}/${next}` };
    },
  };
}
