import type { TaskView } from '#control/intents.ts';

/** The life of a task as ECS names it, out of what is wanted and what was seen. */
export function lastStatus({ task, observation }: TaskView): string {
  if (observation?.status === 'STOPPED') return 'STOPPED';
  if (task.desiredStatus === 'STOPPED') return 'STOPPING';
  if (observation?.status === 'RUNNING') return 'RUNNING';
  return task.assignment ? 'PENDING' : 'PROVISIONING';
}

/** Why a task still waits for room; undefined when it does not. */
export function waitingReason({ task, observation }: TaskView): string | undefined {
  if (task.assignment || observation || !task.unplaced) return undefined;
  const { considered, rejected } = task.unplaced;
  if (considered === 0) return 'no container instances were found in the cluster';
  const reasons = Object.entries(rejected).map(([reason, count]) => `${reason} on ${count} of ${considered}`);
  return `no container instance met all of its requirements: ${reasons.join(', ')}`;
}
