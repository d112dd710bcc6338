import type { HealthStatus } from '../model/task.ts';

interface Checked {
  readonly essential: boolean;
  /** Absent when nothing checks the container. */
  readonly healthStatus?: HealthStatus | undefined;
}

/**
 * The health of a task, as ECS counts it over the essential containers that have a check: the worst of them, where not
 * to know is better than UNHEALTHY. Undefined when none has one.
 */
export function taskHealth(containers: readonly Checked[]): HealthStatus | undefined {
  const known = containers.flatMap(({ essential, healthStatus }) => (essential && healthStatus ? [healthStatus] : []));
  if (known.length === 0) return undefined;
  if (known.includes('UNHEALTHY')) return 'UNHEALTHY';
  return known.includes('UNKNOWN') ? 'UNKNOWN' : 'HEALTHY';
}
