import type { Dependencies } from '../dependencies.ts';
import { collectGarbage } from './gc/collect-garbage.ts';
import { type ObjectWork, objectWork } from './object-work.ts';
import { RECONCILERS } from './reconcilers.ts';
import type { ObjectId } from './records.ts';
import { wakeSelecting } from './wake-selecting.ts';

/** Messages cannot wait longer; what is due later is found by the sweep. */
const MAX_DELAY_SECONDS = 900;

/** Reconciles an object and then its controller, which may have waited for what the first did. */
export async function reconcileObjects(deps: Dependencies, { owner, gone, ...id }: ObjectWork): Promise<void> {
  await reconcile(deps, id, gone);
  if (owner) await reconcile(deps, { ...id, ...owner });
  await wakeSelecting(deps, id);
}

async function reconcile(deps: Dependencies, id: ObjectId, gone?: string): Promise<void> {
  const moments = [await collectGarbage(deps, id, gone), await RECONCILERS.get(id.resource)?.reconcile(deps, id)];
  const again = Math.min(...moments.filter((moment) => moment !== undefined));
  if (again === Number.POSITIVE_INFINITY) return;
  const delaySeconds = Math.min(Math.max(Math.ceil((again - deps.clock.now()) / 1_000), 1), MAX_DELAY_SECONDS);
  await deps.queue.send([{ work: objectWork(id), delaySeconds }]);
}
