import type { DynamoDBRecord } from 'aws-lambda';

export interface StreamBatch {
  readonly shardId: string;
  readonly records: readonly DynamoDBRecord[];
  /** Called once every record was handled or given up; reading starts after it from then on. */
  checkpoint(): Promise<void>;
}

export interface StreamSource {
  readonly streamArn: string;
  /** Waits up to `waitMs` for the first record; undefined when none came. */
  read(max: number, waitMs: number, signal: AbortSignal): Promise<StreamBatch | undefined>;
}
