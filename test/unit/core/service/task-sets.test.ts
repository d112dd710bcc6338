import { describe, expect, test } from 'vitest';
import type { TaskSet, TaskSetService } from '#core/model/task-set.ts';
import { computedCount, forgetTaskSets } from '#core/service/task-sets.ts';
import { aTaskSet, aTaskSetService } from '#test/support/a-task-set.ts';

const count = (desiredCount: number, scale: number): number =>
  computedCount({ status: 'ACTIVE', desiredCount }, { status: 'ACTIVE', scale });

describe('computed desired count', () => {
  test.each([
    [10, 30, 3],
    [4, 30, 2],
    [1, 1, 1],
    [3, 33.4, 2],
    [1_000, 14.1, 141],
    [5_000, 0.0000001, 1],
    [7, 100, 7],
    [7, 0, 0],
    [0, 100, 0],
  ])('%d tasks at %d percent, are %d: always rounded up, never by a binary fraction', (desired, scale, expected) => {
    expect(count(desired, scale)).toBe(expected);
  });

  test('draining task set or service, wants nothing', () => {
    expect(computedCount({ status: 'ACTIVE', desiredCount: 4 }, { status: 'DRAINING', scale: 100 })).toBe(0);
    expect(computedCount({ status: 'DRAINING', desiredCount: 4 }, { status: 'ACTIVE', scale: 100 })).toBe(0);
  });
});

describe('a task set that is gone', () => {
  const DAY = 24 * 3_600_000;
  const forget = (service: TaskSetService, gone: TaskSet, now: number): TaskSetService =>
    forgetTaskSets(service, [gone.deployment.id], now, DAY);

  test('its token, is remembered for as long as a request may be repeated', () => {
    const first = aTaskSet('ecs-svc/1', { clientToken: 'first' });
    const second = aTaskSet('ecs-svc/2');
    const service = aTaskSetService({ taskSets: [first, second] });
    const without = forget(service, first, 1_000);
    expect(without.taskSets).toEqual([second]);
    expect(without.spentTokens).toEqual([{ clientToken: 'first', spentAt: 1_000 }]);
    expect(forget(without, second, 1_000 + DAY - 1).spentTokens).toHaveLength(1);
    expect(forget(without, second, 1_000 + DAY).spentTokens).toEqual([]);
  });
});
