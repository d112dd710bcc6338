import { assertNever } from '../assert-never.ts';
import type { AnyService } from '../model/task-set.ts';
import type { ServiceNews } from './news.ts';
import { rebalanceMessages } from './rebalance-messages.ts';

/** The service events that tell some news, worded as ECS words them (Amazon ECS service event messages). */
export function messagesOf({ name }: Pick<AnyService, 'name'>, news: ServiceNews): readonly string[] {
  const service = `(service ${name})`;
  switch (news.kind) {
    case 'tasks-started':
      return [`${service} has started ${news.tasks.length} tasks: ${list(news.tasks)}.${replacing(news.replaced)}`];
    case 'tasks-unhealthy':
      return news.tasks.map((id) => `${service} (task ${id}) failed container health checks.`);
    case 'rebalance':
      return rebalanceMessages(service, news.news, news.tasks);
    case 'task-set-scaled':
      return [`(service ${name}) updated computedDesiredCount for taskSet ${news.taskSet} to ${news.desired}.`];
    case 'task-set-stable':
      return [`(service ${name}, taskSet ${news.taskSet}) updated state to STEADY_STATE.`];
    case 'tasks-stopped':
      return [`${service} has stopped ${news.tasks.length} running tasks: ${list(news.tasks)}.`];
    case 'placement-failed':
      return [`${service} was unable to place a task because ${news.complaint}.`];
    case 'start-impaired':
      return [`${service} is unable to consistently start tasks successfully.`];
    case 'deployment-completed':
      return [`${service} (deployment ${news.deployment}) deployment completed.`];
    case 'deployment-failed':
      return [`${service} (deployment ${news.deployment}) deployment failed: ${news.failure}`];
    case 'rolling-back':
      return [`${service} rolling back to deployment ${news.deployment}.`];
    case 'steady':
      return [`${service} has reached a steady state.`];
    case 'deployment-begun':
    case 'capacity-steady':
      // ECS tells these by an event of EventBridge alone.
      return [];
    default:
      return assertNever(news);
  }
}

const list = (ids: readonly string[]): string => ids.map((id) => `(task ${id})`).join(' ');

const replacing = (count: number): string =>
  count > 0 ? ` Amazon ECS replaced ${count} tasks due to an unhealthy status.` : '';
