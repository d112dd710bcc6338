import type { Dependencies } from '../dependencies.ts';
import { unplacedPartition } from '../keys.ts';

/** Room appeared: asks for placement if anything waits. A lost message costs time only, the sweep asks again. */
export async function nudgeWaiting(deps: Dependencies, cluster: string): Promise<void> {
  const waiting = await deps.store.queryIndex({ pk: unplacedPartition(cluster), limit: 1 });
  if (waiting.items.length > 0) await deps.queue.send([{ work: { kind: 'placement', cluster } }]);
}
