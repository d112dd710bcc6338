import type { OutboxEvent } from '#core/model/outbox.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { outbox, outboxClaims, put, read } from '../records.ts';
import { type CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';

/** An item holds 400 KB. */
const ENTRY_CHARACTERS = 100_000;

/**
 * Appends what the records of one stream batch tell, once: the claim under the batch's first record commits with the
 * events and names them. The stream delivers a batch again from the same record on, as long or longer, so whatever of it
 * is written already is left out.
 */
export async function appendOutbox(
  deps: Pick<Dependencies, 'store' | 'clock' | 'timings'>,
  cluster: string,
  record: string,
  events: readonly OutboxEvent[],
): Promise<void> {
  await untilCommitted(`events of ${cluster}`, async (): Promise<undefined | typeof CONFLICT> => {
    const claim = await read(deps.store, outboxClaims, { cluster, record });
    const written = new Set(claim?.value.events);
    const left = events.filter(({ id }) => !written.has(id));
    if (left.length === 0) return undefined;
    const at = deps.clock.now();
    const expiresAt = at + deps.timings.eventRetention;
    const ids = [...written, ...left.map(({ id }) => id)];
    const entries = entriesOf(left).map((entry, part): Write => {
      const origin = `${record}#${claim?.version ?? 0}#${part}`;
      return put(outbox, { cluster, at, origin }, { events: entry }, 'absent', { expiresAt });
    });
    const claimed = put(outboxClaims, { cluster, record }, { events: ids }, claim?.version ?? 'absent', { expiresAt });
    return unlessConflict(await deps.store.transact([claimed, ...entries]));
  });
}

/** One entry, unless it were too large for an item. */
function entriesOf(events: readonly OutboxEvent[]): readonly (readonly OutboxEvent[])[] {
  const entries: OutboxEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const size = JSON.stringify(event).length;
    if (size > room) {
      entries.push([]);
      room = ENTRY_CHARACTERS;
    }
    entries.at(-1)?.push(event);
    room -= size;
  }
  return entries;
}
