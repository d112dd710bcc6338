import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import { coversPod } from '#core/kube/disruption-budget/budget-status.ts';
import { type EvictionVerdict, isFree, judgeEviction } from '#core/kube/disruption-budget/judge-eviction.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Versioned } from '../../records.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { type Commit, commitObjects } from '../commit-objects.ts';
import { type DeleteOptions, planDeletion } from '../delete-object.ts';
import { scaleOf } from '../disruption-budgets/scale-of.ts';
import { modifiedMeanwhile, notFound } from '../kube-faults.ts';
import { findObject, listObjects } from '../read-objects.ts';
import type { ObjectId } from '../records.ts';

type PodName = Pick<ObjectId, 'cluster' | 'namespace' | 'name'>;

/**
 * Deletes a pod if the disruption budgets of its namespace bear it (Eviction of policy/v1). The budget's count and the pod's end
 * are one commit: of two evictions that would both be the last one allowed, one is decided again.
 * Faults: ResourceNotFound, Conflict for another uid, Contended when a budget forbids it: it may be allowed later.
 */
export async function evictPod(deps: Dependencies, pod: PodName, options: DeleteOptions): Promise<void> {
  const pods = resourceNamed('pods');
  const id: ObjectId = { ...pod, resource: 'pods' };
  await untilCommitted(`eviction of pod ${pod.name}`, async (): Promise<undefined | typeof CONFLICT> => {
    const found = await findObject(deps, id);
    if (!found) throw notFound(pods, pod.name);
    const wanted = options.preconditions?.uid;
    if (wanted !== undefined && wanted !== found.value.metadata.uid) throw modifiedMeanwhile(pods, pod.name);
    const budget = isFree(found.value) ? [] : await budgetCommits(deps, pod, found.value);
    const deletion = planDeletion(pods, id, found, deps.clock.now(), options);
    if (options.isDryRun || !deletion) return undefined;
    const result = await commitObjects(deps, [deletion, ...budget]);
    return result.kind === 'committed' ? undefined : CONFLICT;
  });
}

/** What the eviction changes of a budget; refuses what the budget does not bear. */
async function budgetCommits(deps: Dependencies, name: PodName, pod: KubeObject): Promise<readonly Commit[]> {
  const { cluster, namespace } = name;
  const selection = { namespace, labels: [], fields: [] };
  // Budgets first: what is counted in them is never older than the pods.
  const budgets = await listObjects(deps, { cluster, resource: BUDGETS }, selection);
  if (budgets.length === 0) return [];
  const pods = (await listObjects(deps, { cluster, resource: 'pods' }, selection)).map(({ value }) => value);
  const own = budgets.find(({ value }) => coversPod(value, pod));
  const covered = own ? pods.filter((one) => coversPod(own.value, one)) : [];
  const verdict = judgeEviction({
    pod,
    budgets: budgets.map(({ value }) => value),
    pods,
    scale: await scaleOf(deps, { cluster, namespace }, covered),
    now: deps.clock.now(),
  });
  return commitsOf({ cluster, namespace }, verdict, own);
}

const BUDGETS = 'poddisruptionbudgets.policy';

function commitsOf(
  { cluster, namespace }: Pick<ObjectId, 'cluster' | 'namespace'>,
  verdict: EvictionVerdict,
  budget: Versioned<KubeObject> | undefined,
): readonly Commit[] {
  switch (verdict.kind) {
    case 'allowed':
      return [];
    case 'counted': {
      if (!budget) return [];
      const id = { cluster, resource: BUDGETS, namespace, name: verdict.budget };
      return [{ kind: 'update', id, before: budget, after: { ...budget.value, status: verdict.status } }];
    }
    case 'refused': {
      const { message, cause } = verdict;
      // Clients wait and try again, as for any change that others are in the way of.
      throw new Fault('Contended', message, {
        ...(cause === undefined ? {} : { causes: [{ field: '', reason: 'DisruptionBudget', message: cause }] }),
      });
    }
    default:
      return assertNever(verdict);
  }
}
