import { mirrorNamespace } from '#core/kube/mirror/mirror-namespace.ts';
import { isSlowSweep } from '#core/kube/slow-sweep.ts';
import type { Dependencies } from '../../dependencies.ts';
import { taskPartitions, tasksPrefix } from '../../keys.ts';
import { asRecord, tasks } from '../../records.ts';
import type { ObjectWork } from '../object-work.ts';
import { findObject, listObjects } from '../read-objects.ts';

/** The work of showing a task as a pod. */
export const mirrorWork = (cluster: string, taskId: string): ObjectWork => ({
  kind: 'object',
  cluster,
  resource: 'pods',
  namespace: mirrorNamespace(cluster),
  name: taskId,
});

const PAGE = 200;

/**
 * Tasks that no pod shows although the cluster's tasks are shown: what was lost on the way. Where they are not shown, this costs
 * one small read, one sweep in a few.
 */
export async function dueMirrors(deps: Dependencies, cluster: string): Promise<readonly ObjectWork[]> {
  if (!isSlowSweep(deps.clock.now())) return [];
  const namespace = mirrorNamespace(cluster);
  if (!(await findObject(deps, { cluster, resource: 'namespaces', namespace: '', name: namespace }))) return [];
  const shown = await listObjects(deps, { cluster, resource: 'pods' }, { namespace, labels: [], fields: [] });
  const names = new Set(shown.map(({ value }) => value.metadata.name));
  const due: ObjectWork[] = [];
  for (const pk of taskPartitions(cluster)) {
    let after: string | undefined;
    do {
      const page = await deps.store.query({ pk, prefix: tasksPrefix, limit: PAGE, ...(after ? { after } : {}) });
      for (const item of page.items) {
        const { taskId, pod } = asRecord(tasks, item).value;
        if (!pod && !names.has(taskId)) due.push(mirrorWork(cluster, taskId));
      }
      after = page.next;
    } while (after !== undefined);
  }
  return due;
}
