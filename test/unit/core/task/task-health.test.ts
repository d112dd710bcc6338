import { expect, test } from 'vitest';
import type { HealthStatus } from '#core/model/task.ts';
import { taskHealth } from '#core/task/task-health.ts';

const H: HealthStatus = 'HEALTHY';
const U: HealthStatus = 'UNHEALTHY';
const N: HealthStatus = 'UNKNOWN';

/** The examples of the HealthCheck page of the ECS API reference. */
test.each<[readonly HealthStatus[], HealthStatus | undefined]>([
  [[U, N], U],
  [[U, H], U],
  [[H, N], N],
  [[H, H], H],
  [[U, N, N], U],
  [[U, N, H], U],
  [[U, H, H], U],
  [[H, N, H], N],
  [[H, N, N], N],
  [[H, H, H], H],
  [[], undefined],
])('taskHealth, essential containers %j, is %s', (statuses, health) => {
  expect(taskHealth(statuses)).toBe(health);
});
