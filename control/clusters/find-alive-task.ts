import type { Task } from '#core/model/task.ts';
import type { Dependencies } from '../dependencies.ts';
import { taskPartitions, tasksPrefix } from '../keys.ts';
import { asRecord, observations, readMany, tasks } from '../records.ts';

const PAGE = 200;

/**
 * The first task that has not stopped and that `isMeant` holds of; strongly consistent.
 * It may read every task there is, so it is for operations that must be certain and are seldom called.
 */
export async function findAliveTask(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  isMeant: (task: Task) => boolean = () => true,
): Promise<Task | undefined> {
  for (const pk of taskPartitions(cluster)) {
    let after: string | undefined;
    do {
      const page = await deps.store.query({ pk, prefix: tasksPrefix, limit: PAGE, ...(after ? { after } : {}) });
      const found = await firstAlive(
        deps,
        cluster,
        page.items.map((item) => asRecord(tasks, item).value).filter(isMeant),
      );
      if (found) return found;
      after = page.next;
    } while (after !== undefined);
  }
  return undefined;
}

/** A task is settled in both its halves at once, so only one that shall stop must be asked whether it did. */
async function firstAlive(
  { store }: Pick<Dependencies, 'store'>,
  cluster: string,
  candidates: readonly Task[],
): Promise<Task | undefined> {
  const wanted = candidates.find(({ desiredStatus }) => desiredStatus === 'RUNNING');
  if (wanted) return wanted;
  const observed = await readMany(
    store,
    observations,
    candidates.map(({ taskId }) => ({ cluster, taskId })),
  );
  return candidates.find((_, position) => observed[position]?.value.status !== 'STOPPED');
}
