import { assertNever } from '../assert-never.ts';
import type { Service } from '../model/service.ts';
import type { ServiceNews } from './service-news.ts';

/** The service event that tells some news, worded as ECS words it (Amazon ECS service event messages). */
export function messageOf({ name }: Pick<Service, 'name'>, news: ServiceNews): string | undefined {
  const service = `(service ${name})`;
  switch (news.kind) {
    case 'tasks-started':
      return `${service} has started ${news.tasks.length} tasks: ${list(news.tasks)}.`;
    case 'tasks-stopped':
      return `${service} has stopped ${news.tasks.length} running tasks: ${list(news.tasks)}.`;
    case 'placement-failed':
      return `${service} was unable to place a task because ${news.complaint}.`;
    case 'start-impaired':
      return `${service} is unable to consistently start tasks successfully.`;
    case 'deployment-completed':
      return `${service} (deployment ${news.deployment}) deployment completed.`;
    case 'deployment-failed':
      return `${service} (deployment ${news.deployment}) deployment failed: ${news.failure}`;
    case 'rolling-back':
      return `${service} rolling back to deployment ${news.deployment}.`;
    case 'steady':
      return `${service} has reached a steady state.`;
    case 'deployment-begun':
    case 'capacity-steady':
      // ECS tells these by an event of EventBridge alone.
      return undefined;
    default:
      return assertNever(news);
  }
}

const list = (ids: readonly string[]): string => ids.map((id) => `(task ${id})`).join(' ');
