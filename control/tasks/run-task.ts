import { type Capacity, resolveCapacity } from '#core/capacity/resolve-capacity.ts';
import { Fault } from '#core/fault.ts';
import { taskArn } from '#core/model/arn.ts';
import type { Task } from '#core/model/task.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Failure, RunTaskIntent, TaskView } from '../intents.ts';
import { readMany, tasks } from '../records.ts';
import { resolveTaskDefinition } from '../task-definitions/resolve.ts';
import { draftTasks, requireRunnable } from './draft-task.ts';
import { launchTasks } from './launch-tasks.ts';
import { describeTasks } from './read-tasks.ts';

export interface RunTaskResult {
  readonly tasks: readonly TaskView[];
  readonly failures: readonly Failure[];
}

/**
 * RunTask and StartTask: writes the tasks, placed at once where there is room; the rest wait in PROVISIONING.
 * Faults: ClusterNotFound, InvalidParameter, Refused, Conflict when the client token was used for another request.
 */
export async function runTask(deps: Dependencies, intent: RunTaskIntent): Promise<RunTaskResult> {
  // A repeat is recognised before anything is resolved: its definition may be gone by now, its tasks are not.
  if (await isRepeat(deps, intent)) return { tasks: await replay(deps, intent), failures: [] };
  const [definition, cluster] = await Promise.all([
    resolveTaskDefinition(deps, intent.taskDefinition),
    requireCluster(deps, intent.cluster),
  ]);
  const capacity = resolveCapacity(cluster.value, intent);
  requireRunnable(definition, { ...intent, ...capacity });
  const drafts = draft(deps, intent, definition, capacity);
  const launched = await launchTasks(deps, intent.cluster, drafts);
  if (launched.kind === 'launched') return { tasks: launched.views, failures: launched.failures };
  return { tasks: await replay(deps, intent, drafts), failures: [] };
}

async function isRepeat(deps: Dependencies, { cluster, clientToken }: RunTaskIntent): Promise<boolean> {
  if (clientToken === undefined) return false;
  const [first] = await readMany(deps.store, tasks, [{ cluster, taskId: taskIdAt(deps, cluster, clientToken, 0) }]);
  return first !== undefined;
}

/** Under a client token the ids follow from the token, so a repeat meets its own tasks (rule R15, invariant S6). */
function draft(
  deps: Dependencies,
  intent: RunTaskIntent,
  definition: TaskDefinition,
  capacity: Capacity,
): readonly Task[] {
  const count = intent.instances?.length ?? intent.count;
  const token = intent.clientToken;
  const ids = Array.from({ length: count }, (_, position) => taskIdAt(deps, intent.cluster, token, position));
  return draftTasks(intent, definition, ids, {
    fingerprint: fingerprintOf(deps, intent),
    now: deps.clock.now(),
    capacity,
  });
}

const fingerprintOf = (deps: Dependencies, intent: RunTaskIntent): string =>
  intent.clientToken === undefined ? '' : deps.ids.fingerprint(intent);

const taskIdAt = (deps: Dependencies, cluster: string, token: string | undefined, position: number): string =>
  token === undefined ? deps.ids.hex(32) : deps.ids.derive('client-token', cluster, token, position);

/** Answers a repeated request with what its first try made. */
async function replay(
  deps: Dependencies,
  intent: RunTaskIntent,
  drafts: readonly Task[] = [],
): Promise<readonly TaskView[]> {
  const { cluster, clientToken } = intent;
  // Without a token the ids are random: what stands there is this very call's write, whose answer was lost.
  if (clientToken === undefined)
    return viewsOf(
      deps,
      cluster,
      drafts.map(({ taskId }) => taskId),
    );
  const [first] = await viewsOf(deps, cluster, [taskIdAt(deps, cluster, clientToken, 0)]);
  const count = first?.task.requestCount ?? 0;
  const ids = Array.from({ length: count }, (_, position) => taskIdAt(deps, cluster, clientToken, position));
  if (first?.task.requestFingerprint === fingerprintOf(deps, intent)) return viewsOf(deps, cluster, ids);
  throw new Fault(
    'Conflict',
    `The client token ${clientToken} was used for a request with other parameters; use a new token.`,
    { resourceIds: ids.map((taskId) => taskArn(deps.scope, cluster, taskId)) },
  );
}

const viewsOf = async (deps: Dependencies, cluster: string, ids: readonly string[]): Promise<readonly TaskView[]> =>
  (await describeTasks(deps, cluster, ids)).filter((view) => view !== undefined);
