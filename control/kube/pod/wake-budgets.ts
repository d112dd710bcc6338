import { coversPod, isHealthy } from '#core/kube/disruption-budget/budget-status.ts';
import type { KubeObject } from '#core/kube/object.ts';
import type { Dependencies } from '../../dependencies.ts';
import { objectWork } from '../object-work.ts';
import { listObjects } from '../read-objects.ts';

const BUDGETS = 'poddisruptionbudgets.policy';

/** Has the budgets counted anew that are about a pod which became healthy or ceased to be; most namespaces have none. */
export async function wakeBudgets(
  deps: Dependencies,
  cluster: string,
  before: KubeObject,
  after: KubeObject | undefined,
): Promise<void> {
  if (isHealthy(before) === (after !== undefined && isHealthy(after))) return;
  const { namespace = '' } = before.metadata;
  const budgets = await listObjects(deps, { cluster, resource: BUDGETS }, { namespace, labels: [], fields: [] });
  const own = budgets.filter(({ value }) => coversPod(value, before));
  if (own.length === 0) return;
  const work = own.map(({ value }) => objectWork({ cluster, resource: BUDGETS, namespace, name: value.metadata.name }));
  await deps.queue.send(work.map((one) => ({ work: one })));
}
