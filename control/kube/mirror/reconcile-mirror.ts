import { Fault } from '#core/fault.ts';
import { mirrorNamespace } from '#core/kube/mirror/mirror-namespace.ts';
import { mirroredPod } from '#core/kube/mirror/mirrored-pod.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { foldStatus } from '#core/kube/pod/status/fold-status.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { TaskView } from '../../intents.ts';
import { loadDefinition } from '../../task-definitions/load-definition.ts';
import { describeTasks } from '../../tasks/read-tasks.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { commitObjects } from '../commit-objects.ts';
import { createObject } from '../create-object.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectId } from '../records.ts';

/** Makes the pod that shows a task of ECS what the task is; it goes when the task is forgotten. Its name is the task's id. */
export async function reconcileMirror(deps: Dependencies, id: ObjectId): Promise<undefined> {
  const { cluster, name } = id;
  await untilCommitted(`mirror of task ${name}`, async (): Promise<undefined | typeof CONFLICT> => {
    const [found, [view]] = await Promise.all([findObject(deps, id), describeTasks(deps, cluster, [name])]);
    if (!view || view.task.pod) {
      if (!found) return undefined;
      const gone = await commitObjects(deps, [{ kind: 'delete', id, before: found }]);
      return gone.kind === 'conflict' ? CONFLICT : undefined;
    }
    const after = await mirrorOf(deps, view, found?.value);
    if (found && isSameValue(found.value, after)) return undefined;
    if (!found) await requireMirrorNamespace(deps, cluster);
    const commit = found
      ? ({ kind: 'update', id, before: found, after } as const)
      : ({ kind: 'create', id, after } as const);
    return (await commitObjects(deps, [commit])).kind === 'conflict' ? CONFLICT : undefined;
  });
}

async function mirrorOf(
  deps: Dependencies,
  { task, observation }: TaskView,
  before: KubeObject | undefined,
): Promise<KubeObject> {
  const definition = await loadDefinition(deps, task.definition);
  const drawn = mirroredPod(task, definition, before?.metadata.uid ?? deps.ids.uuid());
  const { resourceVersion } = before?.metadata ?? drawn.metadata;
  const pod = {
    ...drawn,
    metadata: { ...drawn.metadata, resourceVersion },
    status: before?.['status'] ?? drawn['status'],
  };
  return { ...pod, status: foldStatus(pod, { task, observation, now: deps.clock.now() }) };
}

async function requireMirrorNamespace(deps: Dependencies, cluster: string): Promise<void> {
  const target = { cluster, resource: resourceNamed('namespaces'), namespace: '' };
  if (await findObject(deps, { cluster, resource: 'namespaces', namespace: '', name: mirrorNamespace(cluster) }))
    return;
  try {
    await createObject(deps, target, { metadata: { name: mirrorNamespace(cluster) } }, { isDryRun: false });
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'AlreadyExists')) throw error;
  }
}
