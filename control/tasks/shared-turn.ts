import type { Task } from '#core/model/task.ts';
import type { Dependencies } from '../dependencies.ts';
import type { FleetCache } from '../placement/fleet.ts';
import { MAX_TRANSACTION_WRITES } from '../ports.ts';

/** New tasks that somebody waits for. */
export interface Launch {
  readonly drafts: readonly Task[];
  /** 1 for the first try. */
  readonly attempt: number;
}

interface Waiting<R> {
  readonly launch: Launch;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** A task and the reservation it takes: so many fit one transaction whichever machines they go to. */
const MAX_TASKS = MAX_TRANSACTION_WRITES / 2;

/**
 * Lets launches that wait for the same turn share it: one decision and one transaction, which a disk or a network makes
 * as expensive for one as for all. A launch that is alone takes its turn alone, as always on Lambda.
 */
export function sharedTurns<R>(
  work: (deps: Dependencies, cluster: string, launches: readonly Launch[]) => Promise<readonly R[]>,
): (deps: Dependencies, cluster: string, launch: Launch) => Promise<R> {
  // By fleet, which is what the turns of a process belong to.
  const queues = new WeakMap<FleetCache, Map<string, Waiting<R>[]>>();

  const queueOf = (fleet: FleetCache, cluster: string): Waiting<R>[] => {
    const clusters = queues.get(fleet) ?? new Map<string, Waiting<R>[]>();
    queues.set(fleet, clusters);
    const queue = clusters.get(cluster) ?? [];
    clusters.set(cluster, queue);
    return queue;
  };

  const takeTurn = async (deps: Dependencies, cluster: string): Promise<void> => {
    const queue = queueOf(deps.fleet, cluster);
    const served = queue.splice(0, fitting(queue.map(({ launch }) => launch)));
    if (queue.length === 0) queues.get(deps.fleet)?.delete(cluster);
    if (served.length === 0) return;
    try {
      const launches = served.map(({ launch }) => launch);
      const results = await work(deps, cluster, launches);
      for (const [position, result] of results.entries()) served[position]?.resolve(result);
    } catch (error) {
      for (const { reject } of served) reject(error);
    }
  };

  return (deps, cluster, launch) =>
    new Promise((resolve, reject) => {
      queueOf(deps.fleet, cluster).push({ launch, resolve, reject });
      // Each asks for a turn, and a turn serves at least one: when the last turn is over nobody waits.
      void deps.fleet.inTurn(cluster, () => takeTurn(deps, cluster));
    });
}

/** How many of those in front fit one transaction; the same task twice does not, so a repeat waits for its first try. */
function fitting(launches: readonly Launch[]): number {
  const ids = new Set<string>();
  let count = 0;
  for (const { drafts } of launches) {
    const isTooMuch = ids.size + drafts.length > MAX_TASKS || drafts.some(({ taskId }) => ids.has(taskId));
    if (count > 0 && isTooMuch) break;
    for (const { taskId } of drafts) ids.add(taskId);
    count += 1;
  }
  return count;
}
