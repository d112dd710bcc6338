import type { OutboxEvent } from '#core/model/outbox.ts';
import type { Dependencies } from '../dependencies.ts';
import { outboxBefore, outboxPartition } from '../keys.ts';
import { asRecord, outbox } from '../records.ts';
import { cursorBehind, type OutboxCursor } from './outbox-cursor.ts';

export interface OutboxPage {
  readonly events: readonly OutboxEvent[];
  /** Where to go on, also when nothing came: more may come. */
  readonly cursor: OutboxCursor;
  /** True when there is nothing more yet. */
  readonly isWhole: boolean;
}

const NAME_DIGITS = 10;

/** The events of a cluster that a reader has not seen, oldest first; at most `limit` entries of the outbox, each whole. */
export async function readOutbox(
  deps: Pick<Dependencies, 'store' | 'clock' | 'ids' | 'timings'>,
  cluster: string,
  cursor: OutboxCursor,
  limit: number,
): Promise<OutboxPage> {
  const nameOf = (sortKey: string): string => deps.ids.derive('outbox', sortKey).slice(0, NAME_DIGITS);
  const seen = new Set(cursor.seen);
  // The time is taken before the read: what is committed later than it allows for is the next read's.
  const settled = outboxBefore(deps.clock.now() - deps.timings.outboxSettle);
  const page = await deps.store.query({
    pk: outboxPartition(cluster),
    limit: limit + seen.size,
    ...(cursor.after === '' ? {} : { after: cursor.after }),
  });
  const keys = page.items.map(({ key }) => key.sk);
  return {
    events: page.items
      .filter(({ key }) => !seen.has(nameOf(key.sk)))
      .flatMap((item) => asRecord(outbox, item).value.events),
    cursor: cursorBehind(cursor, keys, settled, nameOf),
    isWhole: page.next === undefined,
  };
}
