import {
  GetTaskProtection$,
  type GetTaskProtectionRequest,
  type GetTaskProtectionResponse,
  type ProtectedTask,
  UpdateTaskProtection$,
  type UpdateTaskProtectionRequest,
  type UpdateTaskProtectionResponse,
} from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { type ProtectionAnswer, protectTasks, readProtection } from '#control/services/protect-tasks.ts';
import { Fault } from '#core/fault.ts';
import { taskArn } from '#core/model/arn.ts';
import { clusterName, taskId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { failureViews } from '../views/failure.ts';

const DEFAULT_MINUTES = 120;
const MINUTE_MS = 60_000;

async function asked(deps: Dependencies, input: GetTaskProtectionRequest) {
  const cluster = clusterName(deps.scope, input.cluster);
  const ids = [...new Set((input.tasks ?? []).map((text) => taskId(deps.scope, cluster, text)))];
  if (ids.length === 0) throw new Fault('InvalidParameter', 'Tasks cannot be empty.');
  await requireCluster(deps, cluster);
  return { cluster, ids };
}

const answerOf = (deps: Dependencies, cluster: string, { tasks, failures }: ProtectionAnswer) => ({
  protectedTasks: tasks.map(
    ({ taskId: id, until }): ProtectedTask => ({
      taskArn: taskArn(deps.scope, cluster, id),
      protectionEnabled: until !== undefined,
      expirationDate: until === undefined ? undefined : new Date(until),
    }),
  ),
  failures: failureViews(failures),
});

export const updateTaskProtectionOperation = operation<UpdateTaskProtectionRequest, UpdateTaskProtectionResponse>(
  UpdateTaskProtection$,
  async ({ deps }, input) => {
    const minutes = input.expiresInMinutes ?? DEFAULT_MINUTES;
    const { cluster, ids } = await asked(deps, input);
    const until = input.protectionEnabled ? deps.clock.now() + minutes * MINUTE_MS : undefined;
    return answerOf(deps, cluster, await protectTasks(deps, cluster, ids, until));
  },
);

export const getTaskProtectionOperation = operation<GetTaskProtectionRequest, GetTaskProtectionResponse>(
  GetTaskProtection$,
  async ({ deps }, input) => {
    const { cluster, ids } = await asked(deps, input);
    return answerOf(deps, cluster, await readProtection(deps, cluster, ids));
  },
);
