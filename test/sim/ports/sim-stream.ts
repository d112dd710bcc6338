import type { DynamoDBRecord } from 'aws-lambda';
import { encodeStreamImage } from '#adapters/dynamodb/item-codec.ts';
import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { Item } from '#control/ports.ts';
import type { StreamBatch, StreamSource } from '#local/event-source-mapping/stream-source.ts';
import type { SimContext } from '../world/sim-context.ts';

/** A stream keeps its records this long. */
const RETENTION_MS = 24 * 3_600_000;

interface Waiting {
  readonly record: DynamoDBRecord;
  /** Elapsed ms. */
  readonly committedAt: number;
  readonly visibleAt: number;
}

/** One shard of the table's stream: in order, late as a whole, and forgotten after a day. */
export class SimShard implements StreamSource {
  readonly streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/sim/stream/sim';
  readonly #world: SimContext;
  readonly #name: string;
  #records: Waiting[] = [];
  #wake: (() => void) | undefined;

  constructor(world: SimContext, name: string) {
    this.#world = world;
    this.#name = name;
  }

  get waiting(): number {
    return this.#records.length;
  }

  /** Invariant: a record is never visible before an older one, so that the order of each item is kept. */
  add(record: DynamoDBRecord, delayMs: number): void {
    const { time } = this.#world;
    const visibleAt = Math.max(time.elapsed + delayMs, this.#records.at(-1)?.visibleAt ?? 0);
    this.#records.push({ record, committedAt: time.elapsed, visibleAt });
    time.after(visibleAt - time.elapsed, () => this.#wake?.());
  }

  async read(max: number, _waitMs: number, signal: AbortSignal): Promise<StreamBatch | undefined> {
    const { time } = this.#world;
    for (let pause = 250; this.#world.isOutage && !signal.aborted; pause = Math.min(2 * pause, 30_000))
      await new Promise<void>((resolve) => time.after(pause, resolve));
    if (this.#visible().length === 0 && !signal.aborted)
      await new Promise<void>((resolve) => {
        // Nobody waits for a read that a stop overtakes.
        this.#wake = resolve;
      });
    const batch = this.#world.isOutage ? [] : this.#visible().slice(0, max);
    if (batch.length === 0) return undefined;
    return {
      shardId: this.#name,
      records: batch.map(({ record }) => record),
      checkpoint: async () => {
        this.#records = this.#records.filter((waiting) => !batch.includes(waiting));
      },
    };
  }

  #visible(): readonly Waiting[] {
    const { elapsed } = this.#world.time;
    this.#records = this.#records.filter(({ committedAt }) => elapsed - committedAt < RETENTION_MS);
    return this.#records.filter(({ visibleAt }) => visibleAt <= elapsed);
  }
}

export const streamRecord = ({ seq, at, key, event, new: item }: Change): DynamoDBRecord => ({
  eventName: event,
  dynamodb: {
    ApproximateCreationDateTime: Math.floor(at / 1_000),
    Keys: { pk: { S: key.pk }, sk: { S: key.sk } },
    SequenceNumber: String(seq).padStart(21, '0'),
    ...(item ? { NewImage: imageOf(item) } : {}),
  },
});

/** Without the value, which no consumer reads and which would cost most of the encoding. */
const imageOf = (item: Item) =>
  // The SDK and the event types describe the same DynamoDB JSON.
  encodeStreamImage({ ...item, value: {} }) as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;
