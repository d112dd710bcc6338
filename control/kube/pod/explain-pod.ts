import type { Json } from '#core/json.ts';
import { objectAt } from '#core/kube/object.ts';
import { CAPACITY_ANNOTATION, isAdmitted } from '#core/kube/pod/is-admitted.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { type Admission, admitPod } from '#core/profile/admit-pod.ts';
import { inOrder, PROFILE_LABEL, type ProfileVerdict, whyNot } from '#core/profile/match-profile.ts';
import { objectsAt } from '#core/profile/pod-containers.ts';
import type { Dependencies } from '../../dependencies.ts';
import { readProfiles } from '../../eks/read-profiles.ts';
import { explainTask, type TaskExplanation } from '../../placement/explain-task.ts';
import { describeTasks } from '../../tasks/read-tasks.ts';
import { notFound } from '../kube-faults.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectId } from '../records.ts';
import { podTaskId } from './pod-task.ts';

/** Where a pod stands, and why it does not run. */
export interface PodExplanation {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly isBeingDeleted: boolean;
  /** What was decided when it was let in; absent: it was not. */
  readonly admitted?: { readonly profile: string; readonly capacityProvisioned: string };
  /** What would be decided now, and by which selectors. */
  readonly admission: Admission;
  readonly profiles: readonly ProfileVerdict[];
  /** Containers that wait, init containers first. */
  readonly waiting: readonly { readonly container: string; readonly reason: string; readonly message: string }[];
  /** Of the pod; absent as long as it has none. */
  readonly task?: TaskExplanation;
}

/** Decides anew and changes nothing. Faults: ResourceNotFound. */
export async function explainPod(deps: Dependencies, id: Omit<ObjectId, 'resource'>): Promise<PodExplanation> {
  const { cluster, namespace, name } = id;
  const found = await findObject(deps, { ...id, resource: 'pods' });
  if (!found) throw notFound(resourceNamed('pods'), name);
  const pod = found.value;
  const { labels, annotations, deletionTimestamp } = pod.metadata;
  const profiles = inOrder((await readProfiles(deps, cluster)).map(({ value }) => value));
  const [view] = await describeTasks(deps, cluster, [podTaskId(deps, cluster, pod)]);
  const status = objectAt(pod['status'] as Json);
  const profile = labels?.[PROFILE_LABEL] ?? '';
  const capacityProvisioned = annotations?.[CAPACITY_ANNOTATION] ?? '';
  return {
    namespace,
    name,
    phase: String(status['phase'] ?? 'Pending'),
    isBeingDeleted: deletionTimestamp !== undefined,
    ...(isAdmitted(pod) ? { admitted: { profile, capacityProvisioned } } : {}),
    admission: admitPod(pod, profiles),
    profiles: profiles.map((one) => whyNot(pod, one)),
    waiting: [...waitingIn(status['initContainerStatuses']), ...waitingIn(status['containerStatuses'])],
    ...(view ? { task: await explainTask(deps, view) } : {}),
  };
}

const waitingIn = (statuses: Json | undefined): PodExplanation['waiting'] =>
  objectsAt(statuses).flatMap(({ name, state }) => {
    const waiting = objectAt(state)['waiting'];
    if (waiting === undefined) return [];
    const { reason = '', message = '' } = objectAt(waiting);
    return [{ container: String(name), reason: String(reason), message: String(message) }];
  });
