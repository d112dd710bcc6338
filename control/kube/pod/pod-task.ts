import type { KubeObject } from '#core/kube/object.ts';
import { podFamily, translatePod } from '#core/kube/pod/translate/translate-pod.ts';
import type { Task } from '#core/model/task.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import type { PodSize } from '#core/profile/pod-size.ts';
import type { Dependencies } from '../../dependencies.ts';

/**
 * The id of a pod's one task. It follows from the pod, so that two workers that start it collide instead of starting two; and it
 * is taken before the pod goes, so that nobody starts it after that.
 */
export const podTaskId = ({ ids }: Pick<Dependencies, 'ids'>, cluster: string, { metadata }: KubeObject): string =>
  ids.derive('pod', cluster, metadata.uid);

export const podDefinitionId = ({ metadata }: KubeObject) => ({ family: podFamily(metadata.uid), revision: 1 });

/** What a pod's task runs. It is stored as any revision is, under a family that no client can name and no list shows. */
export function podDefinition(deps: Pick<Dependencies, 'clock'>, pod: KubeObject, size: PodSize): TaskDefinition {
  return {
    ...podDefinitionId(pod),
    status: 'ACTIVE',
    document: translatePod(pod, size),
    compatibilities: ['FARGATE'],
    registeredAt: deps.clock.now(),
    registeredBy: 'berth',
    tags: [],
  };
}

/** A pod's task, not placed yet. */
export function draftPodTask(
  deps: Pick<Dependencies, 'ids' | 'clock'>,
  cluster: string,
  pod: KubeObject,
  size: PodSize,
): Task {
  const { namespace = '', name, uid } = pod.metadata;
  return {
    taskId: podTaskId(deps, cluster, pod),
    cluster,
    epoch: 1,
    desiredStatus: 'RUNNING',
    definition: podDefinitionId(pod),
    pod: { namespace, name, uid },
    resources: size,
    hostPorts: [],
    launchType: 'FARGATE',
    group: `pod:${namespace}/${name}`,
    startedBy: 'fargate-scheduler',
    placementConstraints: [],
    placementStrategy: [],
    enableExecuteCommand: true,
    tags: [],
    createdAt: deps.clock.now(),
  };
}
