import type { Json } from '../../json.ts';
import { type KubeObject, objectAt, timeOf } from '../object.ts';
import { conditionNamed, conditionsOf } from './condition.ts';

/** How a pod stands, as far as those who make and delete pods look at it. */

export const phaseOf = (pod: KubeObject): string => {
  const { phase } = objectAt(pod['status'] as Json);
  return typeof phase === 'string' ? phase : 'Pending';
};

export const isFinished = (pod: KubeObject): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';

export const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** It runs, or will. */
export const isActive = (pod: KubeObject): boolean => !isFinished(pod) && !isGoing(pod);

/** Since when it is ready (epoch ms); undefined while it is not. */
export function readySince(pod: KubeObject): number | undefined {
  const ready = conditionNamed(conditionsOf(pod), 'Ready');
  if (ready?.status !== 'True') return undefined;
  const since = timeOf(ready.lastTransitionTime);
  return Number.isNaN(since) ? timeOf(pod.metadata.creationTimestamp) : since;
}

/** When it will have been ready for long enough (epoch ms), if it stays so; undefined while it is not ready. */
export function availableFrom(pod: KubeObject, minReadySeconds: number): number | undefined {
  const since = readySince(pod);
  return since === undefined ? undefined : since + minReadySeconds * 1_000;
}

/** When the last of a pod's containers ended (epoch ms); when it was made, if nobody says. */
export function finishedAt(pod: KubeObject): number {
  const { containerStatuses } = objectAt(pod['status'] as Json);
  const ends = (Array.isArray(containerStatuses) ? (containerStatuses as readonly Json[]) : [])
    .map((one) => objectAt(objectAt(objectAt(one)['state'])['terminated'])['finishedAt'])
    .map(timeOf)
    .filter((end) => !Number.isNaN(end));
  return Math.max(timeOf(pod.metadata.creationTimestamp), ...ends);
}

/** How often its containers were started again. */
export function restartsOf(pod: KubeObject): number {
  const { containerStatuses } = objectAt(pod['status'] as Json);
  return (Array.isArray(containerStatuses) ? (containerStatuses as readonly Json[]) : [])
    .map((one) => objectAt(one)['restartCount'])
    .reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0);
}
