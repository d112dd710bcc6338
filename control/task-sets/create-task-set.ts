import { resolveCapacity } from '#core/capacity/resolve-capacity.ts';
import { Fault } from '#core/fault.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { TaskSet, TaskSetService } from '#core/model/task-set.ts';
import { MAX_TASK_SETS } from '#core/service/task-sets.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CreateTaskSetIntent } from '../intents.ts';
import { deployedMembers, draftDeployment } from '../services/draft-service.ts';
import { changeTaskSets, requireRoom, type TaskSetView } from './change-task-sets.ts';

/**
 * CreateTaskSet: adds a task set to a service with the EXTERNAL controller; the service worker starts its tasks.
 * Faults: those of changeTaskSets; Refused for a definition that may not start tasks; InvalidParameter when there are
 * as many task sets as there may be, or a token was used for something else.
 */
export function createTaskSet(deps: Dependencies, intent: CreateTaskSetIntent): Promise<TaskSetView> {
  const fingerprint = deps.ids.fingerprint(intent);
  return changeTaskSets(deps, intent, async (service, cluster) => {
    const before = findRepeated(service, intent, fingerprint);
    if (before) return { taskSet: before };
    const taskSet = await draftTaskSet(deps, cluster, service, intent, fingerprint);
    return { taskSet, taskSets: requireRoom([...service.taskSets, taskSet]) };
  });
}

/** Rule R15: what the same request made already; a fault when its token made something else (invariant S6). */
function findRepeated(
  { taskSets, spentTokens }: TaskSetService,
  { clientToken }: CreateTaskSetIntent,
  fingerprint: string,
): TaskSet | undefined {
  if (clientToken === undefined) return undefined;
  const before = taskSets.find((set) => set.clientToken === clientToken);
  if (before && before.requestFingerprint !== fingerprint) {
    throw new Fault('InvalidParameter', 'Creation of task set was not idempotent.');
  }
  if (!before && spentTokens.some((spent) => spent.clientToken === clientToken)) {
    throw new Fault('InvalidParameter', 'The task set that was made with this clientToken has been deleted.');
  }
  return before;
}

async function draftTaskSet(
  deps: Dependencies,
  cluster: Cluster,
  service: TaskSetService,
  intent: CreateTaskSetIntent,
  fingerprint: string,
): Promise<TaskSet> {
  if (service.taskSets.length >= MAX_TASK_SETS) {
    throw new Fault(
      'InvalidParameter',
      `${MAX_TASK_SETS} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.`,
    );
  }
  const { placementConstraints, placementStrategy } = service;
  const capacity = resolveCapacity(cluster, { ...intent, placementConstraints, placementStrategy });
  const deployment = await draftDeployment(deps, intent.taskDefinition, deployedMembers({ ...intent, ...capacity }));
  const { externalId, clientToken } = intent;
  return {
    deployment,
    status: 'ACTIVE',
    scale: intent.scale,
    ...(externalId === undefined ? {} : { externalId }),
    echo: intent.echo,
    tags: intent.tags,
    updatedAt: deployment.createdAt,
    ...(clientToken === undefined ? {} : { clientToken, requestFingerprint: fingerprint }),
  };
}
