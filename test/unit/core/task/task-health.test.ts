import { expect, test } from 'vitest';
import type { HealthStatus } from '#core/model/task.ts';
import { taskHealth } from '#core/task/task-health.ts';

const H: HealthStatus = 'HEALTHY';
const U: HealthStatus = 'UNHEALTHY';
const N: HealthStatus = 'UNKNOWN';

/** The examples of the HealthCheck page of the ECS API reference, and containers without a check beside them. */
test.each<[readonly (HealthStatus | undefined)[], HealthStatus | undefined]>([
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
  [[H, undefined], H],
  [[undefined, undefined], undefined],
  [[], undefined],
])('taskHealth, essential containers %j, is %s', (statuses, health) => {
  expect(taskHealth(statuses.map((healthStatus) => ({ essential: true, healthStatus })))).toBe(health);
});

test('taskHealth, containers that are not essential, do not count', () => {
  const side = (healthStatus: HealthStatus) => ({ essential: false, healthStatus });
  expect(taskHealth([side(U)])).toBeUndefined();
  expect(taskHealth([{ essential: true, healthStatus: H }, side(U), side(N)])).toBe(H);
});
