import { Fault } from '#core/fault.ts';
import { taskArn } from '#core/model/arn.ts';
import type { Task } from '#core/model/task.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import { requireCluster } from './clusters/require-cluster.ts';
import type { Dependencies } from './dependencies.ts';
import { draftTasks, requireRunnable } from './draft-task.ts';
import type { Failure, RunTaskIntent, TaskView } from './intents.ts';
import { launchTasks } from './launch-tasks.ts';
import { describeTasks } from './read-tasks.ts';
import { resolveTaskDefinition } from './task-definitions/resolve.ts';

export interface RunTaskResult {
  readonly tasks: readonly TaskView[];
  readonly failures: readonly Failure[];
}

/**
 * RunTask and StartTask: writes the tasks, placed at once where there is room; the rest wait in PROVISIONING.
 * Faults: ClusterNotFound, InvalidParameter, Refused, Conflict when the client token was used for another request.
 */
export async function runTask(deps: Dependencies, intent: RunTaskIntent): Promise<RunTaskResult> {
  const [definition] = await Promise.all([
    resolveTaskDefinition(deps, intent.taskDefinition),
    requireCluster(deps, intent.cluster),
  ]);
  requireRunnable(definition, intent);
  const drafts = draft(deps, intent, definition);
  const launched = await launchTasks(deps, intent.cluster, drafts);
  if (launched.kind === 'exists') return { tasks: await replay(deps, intent, drafts), failures: [] };
  return { tasks: launched.views, failures: launched.failures };
}

/** Under a client token the ids follow from the token, so a repeat meets its own tasks (rule R15, invariant S6). */
function draft(deps: Dependencies, intent: RunTaskIntent, definition: TaskDefinition): readonly Task[] {
  const count = intent.instances?.length ?? intent.count;
  const token = intent.clientToken;
  const ids = Array.from({ length: count }, (_, position) => taskIdAt(deps, intent.cluster, token, position));
  const fingerprint = token === undefined ? '' : deps.ids.fingerprint(intent);
  return draftTasks(intent, definition, ids, { fingerprint, now: deps.clock.now() });
}

const taskIdAt = (deps: Dependencies, cluster: string, token: string | undefined, position: number): string =>
  token === undefined ? deps.ids.hex(32) : deps.ids.derive('client-token', cluster, token, position);

/** Answers a repeated request with what its first try made. */
async function replay(
  deps: Dependencies,
  intent: RunTaskIntent,
  drafts: readonly Task[],
): Promise<readonly TaskView[]> {
  const [first] = await describeTasks(deps, intent.cluster, [drafts[0]?.taskId ?? '']);
  // Without a token the ids are random: what stands there is this very call's write, whose answer was lost.
  const count = intent.clientToken === undefined ? drafts.length : (first?.task.requestCount ?? 0);
  const ids = Array.from(
    { length: count },
    (_, position) => drafts[position]?.taskId ?? taskIdAt(deps, intent.cluster, intent.clientToken, position),
  );
  const views = (await describeTasks(deps, intent.cluster, ids)).filter((view) => view !== undefined);
  if (first?.task.requestFingerprint !== drafts[0]?.requestFingerprint) {
    const resourceIds = ids.map((taskId) => taskArn(deps.scope, intent.cluster, taskId));
    throw new Fault(
      'Conflict',
      `The client token ${intent.clientToken} was used for a request with other parameters; use a new token.`,
      { resourceIds },
    );
  }
  return views;
}
