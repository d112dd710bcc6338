import type { ServiceState } from '../model/service.ts';
import type { AnyService } from '../model/task-set.ts';
import type { ServiceOutlook } from './service-plan.ts';
import { taskSetMessages } from './task-set-messages.ts';

interface TaskChanges {
  readonly started: readonly string[];
  readonly stopped: readonly string[];
}

/** The service events one step causes, worded as ECS words them (Amazon ECS service event messages). */
export function outlookMessages(
  service: Pick<AnyService, 'name'>,
  before: ServiceState | undefined,
  outlook: ServiceOutlook,
  changes: TaskChanges,
): readonly string[] {
  const name = `(service ${service.name})`;
  const list = (ids: readonly string[]) => ids.map((id) => `(task ${id})`).join(' ');
  const { started, stopped } = changes;
  const [current] = outlook.deployments;
  const isNews = current?.rolloutState === 'COMPLETED' && !isComplete(before?.deployments[0], current.id);
  const complaint = outlook.complaint === before?.lastComplaint ? undefined : outlook.complaint;
  return [
    ...(started.length > 0 ? [`${name} has started ${started.length} tasks: ${list(started)}.`] : []),
    ...(stopped.length > 0 ? [`${name} has stopped ${stopped.length} running tasks: ${list(stopped)}.`] : []),
    ...(complaint === undefined ? [] : [`${name} was unable to place a task because ${complaint}.`]),
    ...(isNews ? [`${name} (deployment ${current.id}) deployment completed.`] : []),
    ...failureMessages(name, before, outlook),
    ...taskSetMessages(service.name, before, outlook),
    ...(outlook.steady && !before?.steady ? [`${name} has reached a steady state.`] : []),
  ];
}

/** Said when a deployment fails, and where the service goes back to. */
function failureMessages(name: string, before: ServiceState | undefined, outlook: ServiceOutlook): readonly string[] {
  const [current] = outlook.deployments;
  const was = before?.deployments.find(({ id }) => id === current?.id);
  if (current?.rolloutState !== 'FAILED' || was?.rolloutState === 'FAILED') return [];
  return [
    `${name} (deployment ${current.id}) deployment failed: ${current.failure}`,
    ...(outlook.rollback ? [`${name} rolling back to deployment ${outlook.rollback.id}.`] : []),
  ];
}

const isComplete = (deployment: ServiceState['deployments'][number] | undefined, id: string): boolean =>
  deployment?.id === id && deployment.rolloutState === 'COMPLETED';
