import type { Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { taskSpec } from '#core/task/task-spec.ts';
import type { HeldAssignment } from '#events/agent-wire.ts';
import type { Dependencies } from '../dependencies.ts';
import { resolvedSpec } from '../kube/pod/resolve-references.ts';
import { loadDefinition } from '../task-definitions/load-definition.ts';

/** What one committed transaction changed on one instance. */
export interface ReservationChange {
  /** As committed. */
  readonly reservation: Reservation;
  readonly version: number;
  readonly started: readonly Task[];
  readonly stopped: readonly string[];
}

/**
 * Tells agents at once what changed, so that a launch does not wait for a heartbeat. Best effort: a failure is logged
 * and forgotten, because the next heartbeat carries the whole set.
 */
export async function ringAgents(deps: Dependencies, changes: readonly ReservationChange[]): Promise<void> {
  await Promise.all(
    changes.map(async (change) => {
      const { instanceId, agentEpoch } = change.reservation;
      try {
        await deps.channel.ring(instanceId, {
          instanceId,
          agentEpoch,
          previous: change.version - 1,
          sequence: change.version,
          changes: await assignments(deps, change),
        });
      } catch (error) {
        deps.log.warn('an agent could not be rung; its next heartbeat will tell it', { instanceId, error });
      }
    }),
  );
}

async function assignments(deps: Dependencies, change: ReservationChange): Promise<readonly HeldAssignment[]> {
  const started = await Promise.all(change.started.map((task) => runningAssignment(deps, task)));
  const graces = new Map(change.reservation.tasks.map(({ taskId, grace }) => [taskId, grace]));
  const stopped = change.stopped.map((taskId): HeldAssignment => {
    const grace = graces.get(taskId);
    return { taskId, desired: 'STOPPED', ...(grace === undefined ? {} : { grace }) };
  });
  return [...started, ...stopped];
}

/**
 * The order to run one task, with everything its machine needs to know. A pod whose ConfigMaps or Secrets are not there is told
 * without: the machine cannot begin, and is told again with its next heartbeat.
 */
export async function runningAssignment(deps: Dependencies, task: Task): Promise<HeldAssignment> {
  const order = await plainAssignment(deps, task);
  if (!task.pod || !order.spec) return order;
  const { spec, ...without } = order;
  const resolved = await resolvedSpec(deps, task.pod, spec);
  return resolved ? { ...without, spec: resolved } : without;
}

/** The order with what the task's definition says alone: enough to report a task that is not to start any more. */
export async function plainAssignment(deps: Dependencies, task: Task): Promise<HeldAssignment> {
  const definition = await loadDefinition(deps, task.definition);
  return { taskId: task.taskId, desired: 'RUNNING', spec: taskSpec(deps.scope, task, definition) };
}
