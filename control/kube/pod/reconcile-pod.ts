import type { Json } from '#core/json.ts';
import { mirrorNamespace } from '#core/kube/mirror/mirror-namespace.ts';
import { type KubeObject, objectAt } from '#core/kube/object.ts';
import { isAdmitted } from '#core/kube/pod/is-admitted.ts';
import { deadlineOf, isPodDue } from '#core/kube/pod/pod-due.ts';
import { DEADLINE_EXCEEDED, isOver } from '#core/kube/pod/status/pod-phase.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { TaskView } from '../../intents.ts';
import type { Versioned } from '../../records.ts';
import { describeTasks } from '../../tasks/read-tasks.ts';
import { stopTask } from '../../tasks/stop-task.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { reconcileMirror } from '../mirror/reconcile-mirror.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';
import type { ObjectId } from '../records.ts';
import { endPod } from './end-pod.ts';
import { observePod } from './observe-pod.ts';
import { findNode } from './pod-node.ts';
import { podTaskId } from './pod-task.ts';
import { admitPodAgain, startPod } from './start-pod.ts';

/** A pod waits for a ConfigMap or a Secret, and nobody tells it when that comes. */
const LOOK_AGAIN_MS = 5_000;

/**
 * Brings a pod further: its profile and size, its task, its status from what is observed of the task, its end. Each call does one
 * of these and reads afresh what it is about; the change it makes calls it again.
 */
export const podReconciler: ObjectReconciler = {
  isDue: isPodDue,
  reconcile: async (deps, id) => {
    if (id.namespace === mirrorNamespace(id.cluster)) return reconcileMirror(deps, id);
    return untilCommitted(`pod ${id.namespace}/${id.name}`, async (): Promise<number | undefined | typeof CONFLICT> => {
      const found = await findObject(deps, id);
      return found && bringFurther(deps, id, found);
    });
  },
};

type Outcome = number | undefined | typeof CONFLICT;

const unless = (isDone: boolean): Outcome => (isDone ? undefined : CONFLICT);

async function bringFurther(deps: Dependencies, id: ObjectId, found: Versioned<KubeObject>): Promise<Outcome> {
  const pod = found.value;
  if (!isAdmitted(pod)) {
    // A deleted pod without a size has nothing to end; finalizers hold it.
    if (pod.metadata.deletionTimestamp !== undefined) return undefined;
    return (await admitPodAgain(deps, id, found)) === 'again' ? CONFLICT : undefined;
  }
  const [view] = await describeTasks(deps, id.cluster, [podTaskId(deps, id.cluster, pod)]);
  if (pod.metadata.deletionTimestamp !== undefined) return unless(await endPod(deps, id, found, view));
  if (isOver(objectAt(pod['status'] as Json)['phase'])) return undefined;
  return view ? follow(deps, id, found, view) : begin(deps, id, found);
}

async function begin(deps: Dependencies, id: ObjectId, found: Versioned<KubeObject>): Promise<Outcome> {
  // Its task was there and is forgotten: a task ends long before that, so it is not started again.
  if (await findNode(deps, id.cluster, found.value)) return undefined;
  const start = await startPod(deps, id, found);
  if (start === 'waiting') return deps.clock.now() + LOOK_AGAIN_MS;
  // Reading again shows the task, placed where there was room.
  return CONFLICT;
}

async function follow(
  deps: Dependencies,
  id: ObjectId,
  found: Versioned<KubeObject>,
  view: TaskView,
): Promise<Outcome> {
  const deadline = deadlineOf(found.value);
  const isLate = deadline !== undefined && deadline <= deps.clock.now();
  const isLive = view.task.desiredStatus === 'RUNNING';
  const seen = isLate && isLive ? await stopTask(deps, id.cluster, view.task.taskId, DEADLINE_EXCEEDED) : view;
  if (!(await observePod(deps, id, found, seen))) return CONFLICT;
  return isLate ? undefined : deadline;
}
