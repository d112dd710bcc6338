import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Deployment } from '#core/model/service.ts';
import { failureThreshold, forgive, trip } from '#core/service/circuit-breaker.ts';

const ON = { enable: true, rollback: false };
const deployment: Deployment = {
  id: 'ecs-svc/1',
  definition: { family: 'web', revision: 1 },
  launchType: 'EC2',
  createdAt: 1,
  rolloutState: 'IN_PROGRESS',
  updatedAt: 1,
  failedTasks: 0,
};

describe('circuit breaker', () => {
  test('threshold, any desired count, is half of it between 3 and 200', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5_000 }), (desired) => {
        expect(failureThreshold(ON, desired)).toBe(Math.min(200, Math.max(3, Math.ceil(desired / 2))));
      }),
    );
  });

  test.each([
    [{ type: 'COUNT', value: 7 }, 1_000, 7],
    [{ type: 'BOUNDED_PERCENT', value: 10 }, 10, 3],
    [{ type: 'BOUNDED_PERCENT', value: 100 }, 1_000, 200],
    [{ type: 'UNBOUNDED_PERCENT', value: 100 }, 1_000, 1_000],
    [{ type: 'UNBOUNDED_PERCENT', value: 10 }, 5, 1],
  ] as const)('threshold %o, of %i tasks, is %i', (threshold, desired, expected) => {
    expect(failureThreshold({ ...ON, threshold }, desired)).toBe(expected);
  });

  test('deployment, one failure below the threshold, goes on and fails with the next', () => {
    expect(trip(deployment, ON, { failedEarly: 2, lastHealthyAt: 0 }, 2)).toBe(deployment);
    expect(trip(deployment, ON, { failedEarly: 3, lastHealthyAt: 0 }, 2).rolloutState).toBe('FAILED');
  });

  test('healthy task, after failures, forgives them once', () => {
    const forgiven = forgive(deployment, ON, { failedEarly: 2, lastHealthyAt: 50 });
    expect(forgiven.forgiven).toEqual({ failures: 2, at: 50 });
    expect(forgive(forgiven, ON, { failedEarly: 4, lastHealthyAt: 50 })).toBe(forgiven);
    expect(trip(forgiven, ON, { failedEarly: 4, lastHealthyAt: 50 }, 2)).toBe(forgiven);
    expect(trip(forgiven, ON, { failedEarly: 5, lastHealthyAt: 50 }, 2).rolloutState).toBe('FAILED');
  });

  test('healthy task, with resetOnHealthyTask off, forgives nothing', () => {
    const strict = { ...ON, resetOnHealthyTask: false };
    expect(forgive(deployment, strict, { failedEarly: 2, lastHealthyAt: 50 })).toBe(deployment);
  });

  test('deployment, completed, is not failed by later crashes', () => {
    const done = { ...deployment, rolloutState: 'COMPLETED' } as const;
    expect(trip(done, ON, { failedEarly: 99, lastHealthyAt: 0 }, 2)).toBe(done);
  });
});
