import type { HealthStatus } from '../model/task.ts';

/**
 * The health of a task, as ECS counts it over the essential containers that have a check: the worst of them, where not
 * to know is better than UNHEALTHY. Undefined when none has one.
 */
export function taskHealth(statuses: readonly HealthStatus[]): HealthStatus | undefined {
  if (statuses.length === 0) return undefined;
  if (statuses.includes('UNHEALTHY')) return 'UNHEALTHY';
  return statuses.includes('UNKNOWN') ? 'UNKNOWN' : 'HEALTHY';
}
