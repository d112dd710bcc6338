import { expect, test } from 'vitest';
import type { Change } from '#adapters/sqlite/change-feed.ts';
import { decodeRow, encodeRow } from '#adapters/sqlite/item-row.ts';
import type { Write } from '#control/ports.ts';
import { observations, put, services, tasks } from '#control/records.ts';
import type { Task } from '#core/model/task.ts';
import { aService } from '#test/support/a-service.ts';
import { aTask } from '#test/support/a-task.ts';
import { ContentionWatch } from '#test/support/contention-watch.ts';

const SERVICE = { cluster: 'default', service: 'web' };
const SLOT = { service: 'web', deployment: 'ecs-svc/1', index: 0 };

/** Writes each value over the one before it, as a store would, and says what the watch thinks of it. */
function watched() {
  const watch = new ContentionWatch();
  const items = new Map<string, NonNullable<Change['new']>>();
  let seq = 0;
  const write = (given: Write): void => {
    if (given.kind !== 'put') throw new TypeError('only puts are watched here');
    seq += 1;
    const name = `${given.key.pk} ${given.key.sk}`;
    const old = items.get(name);
    const item = decodeRow(encodeRow(given.key, (old?.version ?? 0) + 1, given.body));
    items.set(name, item);
    watch.take([{ seq, at: 0, key: given.key, event: old ? 'MODIFY' : 'INSERT', new: item, ...(old ? { old } : {}) }]);
  };
  return {
    violations: watch.violations,
    service: (desiredCount: number) =>
      write(put(services, SERVICE, aService({ desiredCount, maximumPercent: 100 }), 'absent')),
    task: (name: string, change: Partial<Task> = {}) => {
      const taskId = name.repeat(32);
      write(put(tasks, { cluster: 'default', taskId }, aTask({ taskId, slot: SLOT, ...change }), 'absent'));
    },
    observed: (name: string, status: 'RUNNING' | 'STOPPED') => {
      const taskId = name.repeat(32);
      const observation = { taskId, epoch: 1, status, containers: [], updates: 1 };
      write(put(observations, { cluster: 'default', taskId }, observation, 'absent'));
    },
  };
}

const stopped = {
  desiredStatus: 'STOPPED',
  stop: { code: 'ServiceSchedulerInitiated', reason: '', at: 0 },
} as const;

test('one task in a slot after another that has stopped, breaks nothing', () => {
  const world = watched();
  world.service(1);
  world.task('a');
  world.observed('a', 'RUNNING');
  world.observed('a', 'STOPPED');
  world.task('b', { epoch: 2 });
  expect(world.violations).toEqual([]);
});

test('two tasks in one slot, above the maximum, are noted', () => {
  const world = watched();
  world.service(1);
  world.task('a');
  world.task('b', { epoch: 2 });
  expect(world.violations.map((story) => story.slice(0, 2))).toEqual(['S3', 'S1']);
});

test('a healthy task stopped by the scheduler below the minimum, is noted', () => {
  const world = watched();
  world.service(1);
  world.task('a');
  world.observed('a', 'RUNNING');
  world.task('a', stopped);
  expect(world.violations.map((story) => story.slice(0, 2))).toEqual(['S4']);
});

test('a task that is wanted again, is noted', () => {
  const world = watched();
  world.service(1);
  world.task('a', { desiredStatus: 'STOPPED' });
  world.task('a');
  expect(world.violations).toEqual([`S7: task ${'a'.repeat(6)} is wanted again`]);
});
