import { describe, expect, test } from 'vitest';
import type { RolloutConfiguration } from '#core/model/rollout.ts';
import type { Deployment } from '#core/model/service.ts';
import { bake, hasRolledOut } from '#core/service/rolling-success.ts';
import { aDeployment, aService } from '#test/support/a-service.ts';

const MINUTE = 60_000;
const half = (sourceServiceRevisionCleanup: 'BLOCKING' | 'DEFERRED'): RolloutConfiguration => ({
  earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup },
});

describe('rolling deployment', () => {
  test.each<[string, RolloutConfiguration | undefined, number, boolean, boolean]>([
    ['without criteria and not whole', undefined, 2, true, false],
    ['at its share, rounded up, with the old tasks gone', half('BLOCKING'), 2, true, true],
    ['below its share', half('BLOCKING'), 1, true, false],
    ['at its share beside old tasks it must wait for', half('BLOCKING'), 2, false, false],
    ['at its share beside old tasks that may go later', half('DEFERRED'), 2, false, true],
  ])('%s, has rolled out or not', (_situation, rollout, healthy, isAlone, outcome) => {
    const service = aService({ desiredCount: 3, ...(rollout ? { rollout } : {}) });
    expect(hasRolledOut(service, { healthy, isAlone, isWhole: false })).toBe(outcome);
  });

  test('with a bake time, is done when it has been rolled out for that long and still is', () => {
    const service = aService({ rollout: { bakeTimeInMinutes: 2 } });
    const begun: Deployment = { ...aDeployment(), rolloutState: 'IN_PROGRESS', updatedAt: 0, failedTasks: 0 };
    expect(bake(service, begun, false, 1_000, MINUTE)).toEqual({ deployment: begun, isDone: false });
    const first = bake(service, begun, true, 1_000, MINUTE);
    expect(first).toMatchObject({ isDone: false, until: 121_000 });
    expect(bake(service, first.deployment, true, 120_999, MINUTE)).toMatchObject({
      deployment: first.deployment,
      isDone: false,
    });
    expect(bake(service, first.deployment, true, 121_000, MINUTE)).toEqual({
      deployment: first.deployment,
      isDone: true,
    });
    expect(bake(service, first.deployment, false, 121_000, MINUTE).isDone).toBe(false);
  });

  test('without a bake time, is done as soon as it has rolled out and remembers nothing', () => {
    const begun: Deployment = { ...aDeployment(), rolloutState: 'IN_PROGRESS', updatedAt: 0, failedTasks: 0 };
    expect(bake(aService(), begun, true, 1_000, MINUTE)).toEqual({ deployment: begun, isDone: true });
  });
});
