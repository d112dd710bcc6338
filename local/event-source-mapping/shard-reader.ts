import type { DynamoDBRecord } from 'aws-lambda';

/** A shard as the stream describes it. */
export interface ShardInfo {
  readonly shardId: string;
  readonly parentId?: string;
  /** No record will be added to it. */
  readonly closed: boolean;
}

/** Where to begin in a shard: at its oldest record, behind its newest, or behind the record of that sequence number. */
export type ShardPosition =
  | { readonly kind: 'oldest' }
  | { readonly kind: 'newest' }
  | { readonly kind: 'after'; readonly sequence: string };

export interface ShardRecords {
  readonly records: readonly DynamoDBRecord[];
  /** Absent when a closed shard was read to its end. */
  readonly next?: string;
}

/** The stream's API, as much as reading it takes. Sequence numbers are text: they exceed what a number holds. */
export interface ShardReader {
  list(): Promise<readonly ShardInfo[]>;
  /** Undefined when the records behind that position are no longer kept. */
  open(shardId: string, position: ShardPosition): Promise<string | undefined>;
  /** Undefined when the iterator has expired. */
  read(iterator: string, max: number): Promise<ShardRecords | undefined>;
}
