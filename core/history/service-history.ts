import type { ServiceDeploymentRecord, ServiceEvent } from '../model/service.ts';
import { deploymentHistory } from './deployment-history.ts';
import type { HistoryEntry } from './history-entry.ts';
import { type TaskPast, taskHistory } from './task-history.ts';

/** What is remembered of a service. */
export interface ServicePast {
  readonly deployments: readonly ServiceDeploymentRecord[];
  readonly tasks: readonly TaskPast[];
  readonly events: readonly ServiceEvent[];
}

/** Everything that is remembered of a service in the order in which it happened, each with its cause. */
export function serviceHistory({ deployments, tasks, events }: ServicePast): readonly HistoryEntry[] {
  const entries = [...deploymentHistory(deployments), ...complaints(events), ...tasks.flatMap(taskHistory)];
  // A stable sort: what a deployment brings about stands behind it when both have the same time.
  return entries.sort((a, b) => a.at - b.at);
}

/** What else an event says is told by the tasks and the deployments themselves. */
const complaints = (events: readonly ServiceEvent[]): readonly HistoryEntry[] =>
  events
    .filter(({ message }) => / (was|is) unable to /.test(message))
    .map(({ createdAt, message }) => ({ at: createdAt, kind: 'told', cause: 'scheduler', because: message }));
