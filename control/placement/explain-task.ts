import type { StopRequest } from '#core/model/task.ts';
import { explainPlacement, type PlacementExplanation } from '#core/placement/explain.ts';
import type { Dependencies } from '../dependencies.ts';
import type { TaskView } from '../intents.ts';

/** Where a task stands, and why it does not run. */
export type TaskExplanation = { readonly taskId: string } & (
  | { readonly state: 'running'; readonly instanceId: string }
  | { readonly state: 'waiting'; readonly placement: PlacementExplanation }
  /** Its machine has it and has not reported it running. */
  | { readonly state: 'starting'; readonly instanceId: string; readonly isConnected: boolean }
  | { readonly state: 'stopping' | 'stopped'; readonly stop?: StopRequest }
);

/** Reads the fleet afresh, so that the answer is not older than the question. */
export async function explainTask(
  deps: Dependencies,
  { task, observation }: Pick<TaskView, 'task' | 'observation'>,
): Promise<TaskExplanation> {
  const { taskId } = task;
  const stop = task.stop ?? observation?.stop;
  const stopped = { taskId, ...(stop ? { stop } : {}) };
  if (observation?.status === 'STOPPED') return { ...stopped, state: 'stopped' };
  if (task.desiredStatus === 'STOPPED') return { ...stopped, state: 'stopping' };
  const fleet = await deps.fleet.load(deps, task.cluster, { fresh: true });
  if (!task.assignment) return { taskId, state: 'waiting', placement: explainPlacement(task, fleet) };
  const { instanceId } = task.assignment;
  if (observation?.status === 'RUNNING') return { taskId, state: 'running', instanceId };
  const member = fleet.find(({ reservation }) => reservation.instanceId === instanceId);
  return { taskId, state: 'starting', instanceId, isConnected: member?.connected ?? false };
}
