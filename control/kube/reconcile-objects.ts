import type { Dependencies } from '../dependencies.ts';
import { collectGarbage, collectGone } from './gc/collect-garbage.ts';
import { type ObjectWork, objectWork } from './object-work.ts';
import { RECONCILERS } from './reconcilers.ts';
import type { ObjectId } from './records.ts';
import { wakeSelecting } from './wake-selecting.ts';

/** Messages cannot wait longer; what is due later is found by the sweep. */
const MAX_DELAY_SECONDS = 900;

/** Runs the work of an object once for all who ask for it meanwhile, or simply at once. */
export type Shared = (work: ObjectWork, run: () => Promise<void>) => Promise<unknown>;

/**
 * Reconciles an object and then its controller, which may have waited for what the first did. `shared`: a thousand pods that
 * change have their controller looked at a few times and not a thousand.
 */
export async function reconcileObjects(
  deps: Dependencies,
  { owner, gone, ...work }: ObjectWork,
  shared: Shared = (_work, run) => run(),
): Promise<void> {
  if (gone !== undefined) await collectGone(deps, work.cluster, gone);
  await shared(work, () => reconcile(deps, work));
  if (owner) {
    const controller = { ...work, ...owner };
    await shared(controller, () => reconcile(deps, controller));
  }
  await wakeSelecting(deps, work);
}

async function reconcile(deps: Dependencies, id: ObjectId): Promise<void> {
  const moments = [await collectGarbage(deps, id), await RECONCILERS.get(id.resource)?.reconcile(deps, id)];
  const again = Math.min(...moments.filter((moment) => moment !== undefined));
  if (again === Number.POSITIVE_INFINITY) return;
  const delaySeconds = Math.min(Math.max(Math.ceil((again - deps.clock.now()) / 1_000), 1), MAX_DELAY_SECONDS);
  await deps.queue.send([{ work: objectWork(id), delaySeconds }]);
}
