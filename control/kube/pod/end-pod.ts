import { recordEvent } from '#control/kube/events/record-event.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { killingNews } from '#core/kube/pod/pod-news.ts';
import { POD_DELETED } from '#core/kube/pod/status/pod-phase.ts';
import type { StopRequest } from '#core/model/task.ts';
import { podSize } from '#core/profile/pod-size.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { TaskView } from '../../intents.ts';
import type { Write } from '../../ports.ts';
import { definitions, observations, put, read, tasks, type Versioned } from '../../records.ts';
import { neverRan } from '../../tasks/settle-stopped.ts';
import { stopTask } from '../../tasks/stop-task.ts';
import { type Commit, commitObjects } from '../commit-objects.ts';
import type { ObjectId } from '../records.ts';
import { observePod } from './observe-pod.ts';
import { findNode, nodeId } from './pod-node.ts';
import { draftPodTask, podDefinition, podDefinitionId } from './pod-task.ts';

/** A revision outlives the task that runs it by so much, for whoever is still describing the task. */
const AFTER_TASK_MS = 3_600_000;

/**
 * Ends the task of a deleted pod and takes the pod away once that is over, or at once when no time was left to it. False when
 * somebody else was faster.
 */
export async function endPod(
  deps: Dependencies,
  id: ObjectId,
  found: Versioned<KubeObject>,
  view: TaskView | undefined,
): Promise<boolean> {
  const { deletionGracePeriodSeconds: grace, finalizers = [] } = found.value.metadata;
  if (view?.task.desiredStatus === 'RUNNING') {
    for (const news of killingNews(found.value)) await recordEvent(deps, id.cluster, found.value, news);
    const stopped = await stopTask(deps, id.cluster, view.task.taskId, POD_DELETED, 'UserInitiated', grace);
    return endPod(deps, id, found, stopped);
  }
  const isEnded = view === undefined || view.observation?.status === 'STOPPED' || grace === 0;
  if (finalizers.length > 0 || !isEnded) return observePod(deps, id, found, view);
  return takeAway(deps, id, found, view);
}

/** Pod, node and what is left of the task's definition, in one commit. */
async function takeAway(
  deps: Dependencies,
  id: ObjectId,
  found: Versioned<KubeObject>,
  view: TaskView | undefined,
): Promise<boolean> {
  const node = await findNode(deps, id.cluster, found.value);
  const commits: readonly Commit[] = [
    { kind: 'delete', id, before: found },
    ...(node ? [{ kind: 'delete', id: nodeId(id.cluster, node.value.metadata.name), before: node } as const] : []),
  ];
  const writes = [...(await definitionWrites(deps, found.value)), ...(view ? [] : tombstone(deps, id, found.value))];
  return (await commitObjects(deps, commits, writes)).kind === 'committed';
}

async function definitionWrites(deps: Dependencies, pod: KubeObject): Promise<readonly Write[]> {
  const definitionId = podDefinitionId(pod);
  const standing = await read(deps.store, definitions, definitionId);
  const sizing = podSize(pod);
  const value = standing?.value ?? (sizing.kind === 'fits' ? podDefinition(deps, pod, sizing.size) : undefined);
  const expiresAt = deps.clock.now() + deps.timings.stoppedRetention + AFTER_TASK_MS;
  return value ? [put(definitions, definitionId, value, standing?.version ?? 'absent', { expiresAt })] : [];
}

/**
 * Invariant S14: a worker that read the pod before it was deleted may be about to start its task. It finds the task's id taken,
 * by one that never ran.
 */
function tombstone(deps: Dependencies, { cluster }: ObjectId, pod: KubeObject): readonly Write[] {
  const sizing = podSize(pod);
  if (sizing.kind !== 'fits') return [];
  const stop: StopRequest = { code: 'UserInitiated', reason: POD_DELETED, at: deps.clock.now() };
  const task = { ...draftPodTask(deps, cluster, pod, sizing.size), desiredStatus: 'STOPPED', stop } as const;
  const expiresAt = deps.clock.now() + deps.timings.stoppedRetention;
  return [
    put(tasks, task, task, 'absent', { expiresAt }),
    put(observations, task, neverRan(task, stop), 'absent', { expiresAt }),
  ];
}
