import type { Json } from '../../json.ts';
import { type KubeObject, objectAt } from '../object.ts';
import { isAdmitted } from './is-admitted.ts';

const DEFAULT_GRACE = 30;

/**
 * How a deleted pod looks until its containers are gone: it names how long they may take. Undefined when there can be none, for a
 * pod that was never given its size is given no task. A second deletion may only shorten the time.
 */
export function endingPod(pod: KubeObject, asked?: number): KubeObject | undefined {
  if (!isAdmitted(pod)) return undefined;
  const { deletionGracePeriodSeconds: before } = pod.metadata;
  const own = objectAt(pod['spec'] as Json)['terminationGracePeriodSeconds'];
  const grace = asked ?? (typeof own === 'number' ? own : DEFAULT_GRACE);
  const deletionGracePeriodSeconds = before === undefined ? grace : Math.min(before, grace);
  return { ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds } };
}
