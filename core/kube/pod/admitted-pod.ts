import type { Json } from '../../json.ts';
import { PROFILE_LABEL } from '../../profile/match-profile.ts';
import { type KubeObject, objectAt } from '../object.ts';
import { CAPACITY_ANNOTATION } from './is-admitted.ts';

/** A pod as Fargate takes it, with the values EKS's admission writes. */
export const admittedPod = (pod: KubeObject, profile: string): KubeObject => ({
  ...pod,
  metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [PROFILE_LABEL]: profile } },
  spec: {
    ...objectAt(pod['spec'] as Json),
    schedulerName: 'fargate-scheduler',
    priorityClassName: 'system-node-critical',
    priority: 2_000_001_000,
  },
});

/** The pod with its size, which is what lets it have a task. Containers' logs go where the agent keeps them. */
export const sizedPod = (pod: KubeObject, profile: string, size: string): KubeObject => {
  const admitted = admittedPod(pod, profile);
  const annotations = {
    ...pod.metadata.annotations,
    [CAPACITY_ANNOTATION]: size,
    Logging: 'LoggingDisabled: LOGGING_CONFIGMAP_NOT_FOUND',
  };
  return { ...admitted, metadata: { ...admitted.metadata, annotations } };
};
