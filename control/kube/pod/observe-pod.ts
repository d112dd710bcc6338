import { recordEvent } from '#control/kube/events/record-event.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { type KubeObject, objectAt } from '#core/kube/object.ts';
import { podNews } from '#core/kube/pod/pod-news.ts';
import { isTrue } from '#core/kube/pod/status/conditions.ts';
import type { Complaint } from '#core/kube/pod/status/container-status.ts';
import { foldStatus } from '#core/kube/pod/status/fold-status.ts';
import { isOver } from '#core/kube/pod/status/pod-phase.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { TaskView } from '../../intents.ts';
import type { Versioned } from '../../records.ts';
import { type Commit, commitObjects } from '../commit-objects.ts';
import type { ObjectId } from '../records.ts';
import { addressCommit, findNode, nodeId, nodeOfPod } from './pod-node.ts';

/**
 * Brings a pod's status up to what is known of its task, and its node with it, in one commit: the node comes when the pod is given
 * to a machine and goes when the pod is over. Nothing is written when nothing changed. False when somebody else was faster.
 */
export async function observePod(
  deps: Dependencies,
  id: ObjectId,
  found: Versioned<KubeObject>,
  view: TaskView | undefined,
  complaint?: Complaint,
): Promise<boolean> {
  const pod = found.value;
  const before = objectAt(pod['status'] as Json);
  const facts = { task: view?.task, observation: view?.observation, now: deps.clock.now() };
  const status = foldStatus(pod, complaint ? { ...facts, complaint } : facts);
  const { commits, node } = await nodeCommits(deps, id, pod, view, status);
  const spec = objectAt(pod['spec'] as Json);
  const bound = node !== undefined && spec['nodeName'] !== node ? { ...spec, nodeName: node } : spec;
  if (isSameValue(before, status) && bound === spec && commits.length === 0) return true;
  const after = { ...pod, spec: bound, status };
  const result = await commitObjects(deps, [{ kind: 'update', id, before: found, after }, ...commits]);
  if (result.kind === 'conflict') return false;
  for (const news of podNews(pod, before, status, node ?? '')) await recordEvent(deps, id.cluster, after, news);
  return true;
}

/** What becomes of the pod's node, and the name of it where the pod has to be told. */
async function nodeCommits(
  deps: Dependencies,
  { cluster }: ObjectId,
  pod: KubeObject,
  view: TaskView | undefined,
  status: JsonObject,
): Promise<{ readonly commits: readonly Commit[]; readonly node?: string }> {
  const isBound = isTrue(objectAt(pod['status'] as Json)['conditions'], 'PodScheduled');
  if (!isBound) {
    if (!view?.task.assignment) return { commits: [] };
    const commit = await nodeOfPod(deps, pod, view.task, view.observation);
    // A pod that was over before anybody looked was on a node all the same, but that one is gone by now.
    return { commits: isOver(status['phase']) ? [] : [commit], node: commit.id.name };
  }
  const node = await findNode(deps, cluster, pod);
  if (!node) return { commits: [] };
  if (isOver(status['phase'])) {
    return { commits: [{ kind: 'delete', id: nodeId(cluster, node.value.metadata.name), before: node }] };
  }
  const commit = addressCommit(cluster, node, view?.observation?.address);
  return { commits: commit ? [commit] : [] };
}
