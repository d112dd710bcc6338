import { recordEvent } from '#control/kube/events/record-event.ts';
import type { KubeObject } from '#core/kube/object.ts';
import type { Dependencies } from '../../dependencies.ts';

/** Up to so many pods of one step are told of one by one; more are told of together. */
const ONE_BY_ONE = 3;

/** Tells that a controller made or deleted pods, in the words of Kubernetes. */
export async function tellPods(
  deps: Dependencies,
  cluster: string,
  owner: KubeObject,
  verb: 'Created' | 'Deleted',
  names: readonly string[],
  component: string,
): Promise<void> {
  const reason = verb === 'Created' ? 'SuccessfulCreate' : 'SuccessfulDelete';
  const more = names.length - ONE_BY_ONE;
  const messages =
    more > 0
      ? [`${verb} pods: ${names.slice(0, ONE_BY_ONE).join(', ')} and ${more} more`]
      : names.map((name) => `${verb} pod: ${name}`);
  for (const message of messages)
    await recordEvent(deps, cluster, owner, { type: 'Normal', reason, message, component });
}
