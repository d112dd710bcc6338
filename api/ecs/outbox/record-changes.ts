import type { Dependencies } from '#control/dependencies.ts';
import { appendOutbox } from '#control/outbox/append-outbox.ts';
import { instanceEvents } from './instance-events.ts';
import type { ItemChange } from './item-change.ts';
import { taskEvents } from './task-events.ts';

/** Writes what a batch of changes tells to the outboxes of their clusters; `first` names the batch's first record. */
export async function recordChanges(deps: Dependencies, first: string, changes: readonly ItemChange[]): Promise<void> {
  const events = [...(await taskEvents(deps, changes)), ...(await instanceEvents(deps, changes))];
  const byCluster = Map.groupBy(events, ({ cluster }) => cluster);
  for (const [cluster, own] of byCluster) {
    // The two halves of one commit show the same task.
    const distinct = new Map(own.map(({ event }) => [event.id, event]));
    await appendOutbox(deps, cluster, first, [...distinct.values()]);
  }
}
