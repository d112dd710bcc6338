import { coversPod } from '#core/kube/disruption-budget/budget-status.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { selectsPod, selectsPods } from '#core/kube/service/endpoint-slices.ts';
import type { Dependencies } from '../dependencies.ts';
import { objectWork } from './object-work.ts';
import { findObject, listObjects } from './read-objects.ts';
import type { ObjectId } from './records.ts';

/** Pods change in crowds: what selects them is looked after once for many of them. */
const DELAY_SECONDS = 1;

interface Selecting {
  readonly resource: string;
  readonly selects: (object: KubeObject, pod: KubeObject) => boolean;
  /** Asked for a pod that is gone, and its labels with it. */
  readonly mayHave: (object: KubeObject) => boolean;
}

const SELECTING: readonly Selecting[] = [
  { resource: 'services', selects: selectsPod, mayHave: selectsPods },
  { resource: 'poddisruptionbudgets.policy', selects: coversPod, mayHave: () => true },
];

/** After a change of a pod: asks for the services and budgets that select it to be looked after. */
export async function wakeSelecting(deps: Dependencies, id: ObjectId): Promise<void> {
  if (id.resource !== 'pods') return;
  const { cluster, namespace } = id;
  const pod = (await findObject(deps, id))?.value;
  const selection = { namespace, labels: [], fields: [] };
  const work = await Promise.all(
    SELECTING.map(async ({ resource, selects, mayHave }) => {
      const found = await listObjects(deps, { cluster, resource }, selection);
      return found
        .filter(({ value }) => (pod ? selects(value, pod) : mayHave(value)))
        .map(({ value }) => objectWork({ cluster, resource, namespace, name: value.metadata.name }));
    }),
  );
  const messages = work.flat().map((item) => ({ work: item, delaySeconds: DELAY_SECONDS }));
  if (messages.length > 0) await deps.queue.send(messages);
}
