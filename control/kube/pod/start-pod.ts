import { recordEvent } from '#control/kube/events/record-event.ts';
import type { Json } from '#core/json.ts';
import { type KubeObject, objectAt } from '#core/kube/object.ts';
import { sizedPod } from '#core/kube/pod/admitted-pod.ts';
import { podNews } from '#core/kube/pod/pod-news.ts';
import { withConditions } from '#core/kube/pod/status/conditions.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import { podSize } from '#core/profile/pod-size.ts';
import type { Dependencies } from '../../dependencies.ts';
import { definitions, put, type Versioned } from '../../records.ts';
import { launchTasks } from '../../tasks/launch-tasks.ts';
import { commitObjects } from '../commit-objects.ts';
import type { ObjectId } from '../records.ts';
import { readAdmission } from './admission.ts';
import { observePod } from './observe-pod.ts';
import { draftPodTask, podDefinition } from './pod-task.ts';
import { resolveReferences, withAnyNode } from './resolve-references.ts';

/** waiting: the pod says why. again: it was let in, or somebody else was faster; either way it is to be read again. */
export type PodAdmittance = 'waiting' | 'again';

/** Gives a pod its profile and its size, or says on it why it waits. */
export async function admitPodAgain(
  deps: Dependencies,
  id: ObjectId,
  found: Versioned<KubeObject>,
): Promise<PodAdmittance> {
  const pod = found.value;
  const { admission, guard } = await readAdmission(deps, id.cluster, pod);
  if (admission.kind === 'admitted') {
    const after = sizedPod(pod, admission.profile, admission.capacityProvisioned);
    await commitObjects(deps, [{ kind: 'update', id, before: found, after }], guard);
    return 'again';
  }
  const reason = admission.kind === 'refused' ? admission.reason : 'Unschedulable';
  const wanted = { type: 'PodScheduled', isTrue: false, reason, message: admission.message };
  const before = objectAt(pod['status'] as Json);
  const status = { ...before, conditions: withConditions(before['conditions'], [wanted], deps.clock.now()) };
  if (isSameValue(before, status)) return 'waiting';
  const after = { ...pod, status };
  const result = await commitObjects(deps, [{ kind: 'update', id, before: found, after }], guard);
  if (result.kind === 'conflict') return 'again';
  for (const news of podNews(pod, before, status, '')) await recordEvent(deps, id.cluster, after, news);
  return 'waiting';
}

export type PodStart =
  /** Its task is there, made now or by somebody who was faster. */
  | 'started'
  /** It waits for what it refers to. */
  | 'waiting'
  | 'conflict';

/** Starts the one task of a pod that has its size, unless it refers to something that is not there. */
export async function startPod(deps: Dependencies, id: ObjectId, found: Versioned<KubeObject>): Promise<PodStart> {
  const sizing = podSize(found.value);
  if (sizing.kind !== 'fits') throw new TypeError(`pod ${id.namespace}/${id.name} was admitted without a size`);
  const resolution = await resolveReferences(deps, id.cluster, withAnyNode(found.value), sizing.size);
  if (resolution.kind === 'missing') {
    const isTold = await observePod(deps, id, found, undefined, resolution);
    return isTold ? 'waiting' : 'conflict';
  }
  const definition = podDefinition(deps, found.value, sizing.size);
  // One that stands there is the same: a pod's spec does not change.
  await deps.store.transact([put(definitions, definition, definition, 'absent')]);
  await launchTasks(deps, id.cluster, [draftPodTask(deps, id.cluster, found.value, sizing.size)]);
  return 'started';
}
